import type { Readable, Writable } from 'node:stream';
import type { ProcessExit } from '../contracts/isolator.js';

/** A command to run in a runtime. */
export interface JobSpec {
  /** `NAME` or `NAME@VERSION`. */
  readonly runtime: string;
  readonly args: readonly string[];
  /** Over the runtime's own environment. Names that begin with JOB_ or JOBLET_ are refused. */
  readonly env?: Readonly<Record<string, string>>;
  /** Absolute, inside the root. @default '/work' */
  readonly workdir?: string;
  /** TERM, then KILL. @default no limit */
  readonly timeoutMs?: number;
  readonly stdin?: Readable | 'ignore';
  readonly stdout: Writable | 'ignore';
  readonly stderr: Writable | 'ignore';
  /** Ends the job with KILL. */
  readonly signal?: AbortSignal;
}

export interface RunningJob {
  readonly exit: Promise<ProcessExit>;
  kill(signal: NodeJS.Signals): void;
}
