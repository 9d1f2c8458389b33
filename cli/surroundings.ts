import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { OpenBuilder, OpenJobs } from './engine.js';
import { openBuilder, openJobs } from './engine.js';
import type { SignalSource } from './signals.js';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** What a command sees of its process; a test brings its own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** A function: opening standard input has effects, and only `job run` wants it. */
  readonly stdin: () => Readable | 'ignore';
  readonly signals: SignalSource;
  readonly openBuilder: OpenBuilder;
  readonly openJobs: OpenJobs;
  /** The command line that starts this program again. */
  readonly program: readonly string[];
  setExitStatus(status: number): void;
}

export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: openStandardInput,
    signals: process,
    openBuilder,
    openJobs,
    program: [process.execPath, resolve(process.argv[1] ?? '')],
    setExitStatus: (status) => {
      process.exitCode = status;
    },
  };
}

/** Node opens standard input at the first look at it and throws for what it cannot read (an epoll descriptor, say). */
function openStandardInput(): Readable | 'ignore' {
  try {
    return process.stdin;
  } catch {
    return 'ignore';
  }
}
