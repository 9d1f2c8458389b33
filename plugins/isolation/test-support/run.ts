import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { IsolatedProcess, ProcessExit } from '../../../core/contracts/isolator.js';
import { StorePaths } from '../../../core/store/store-paths.js';
import { CrunIsolator } from '../crun-isolator.js';

export const PATH = '/bin:/usr/bin';

const host = { env: {}, home: '/root', now: () => new Date() };

/** A store for the disks of these tests' jobs. */
export const paths = new StorePaths(mkdtempSync(path.join(tmpdir(), 'joblet-isolation-store-')));
process.once('exit', () => rmSync(paths.root, { recursive: true, force: true }));

/** `graceMs`: between TERM and KILL. */
export function isolatorWithGrace(graceMs: number): CrunIsolator {
  return new (class extends CrunIsolator {
    protected override readonly graceMs = graceMs;
  })(host, DEFAULT_ID_MAP, paths);
}

/** So patient that what a job does at TERM is done, however slow the machine. */
export const isolator = isolatorWithGrace(1_000_000);

/** Keeps what is written to it. */
export class Collector extends Writable {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
    this.emit('received');
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Resolves when the text holds this. */
  async until(text: string): Promise<void> {
    while (!this.text.includes(text)) await new Promise((resolve) => this.once('received', resolve));
  }
}

export interface RunResult extends ProcessExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** A job in a tiny root, to its end. */
export async function runJob(
  rootPath: string,
  args: readonly string[],
  more: Partial<IsolatedProcess> = {},
  by: CrunIsolator = isolator,
): Promise<RunResult> {
  const stdout = new Collector();
  const stderr = new Collector();
  const exit = await by.start({ ...jobIn(rootPath, args), stdout, stderr, ...more }).exit;
  return { ...exit, stdout: stdout.text, stderr: stderr.text };
}

export function jobIn(rootPath: string, args: readonly string[]): IsolatedProcess {
  return {
    profile: 'job',
    root: { kind: 'directory', hostPath: rootPath, writable: false },
    args,
    env: { PATH, HOME: '/work' },
    network: 'none',
    stdout: 'ignore',
    stderr: 'ignore',
  };
}
