import { Writable } from 'node:stream';
import type { Isolator } from '../contracts/isolator.js';
import type { SmokeCommand } from '../contracts/language-pack.js';
import { type JobRoot, startJob } from './job-runner.js';

export interface SmokeCheck {
  readonly title: string;
  readonly passed: boolean;
  /** What the command wrote, both streams. */
  readonly output: string;
}

/** A program that hangs must not hang the build. */
const SMOKE_TIMEOUT_MS = 5 * 60_000;
const MAX_OUTPUT = 64 * 1024;

/** Runs each command as a job of the runtime: what a user's job would find. Two at a time. */
export async function runSmokeTest(
  runtime: JobRoot,
  commands: readonly SmokeCommand[],
  isolator: Isolator,
  signal: AbortSignal | undefined,
): Promise<readonly SmokeCheck[]> {
  const checks: SmokeCheck[] = [];
  const queue = [...commands.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, command] = next;
      checks[index] = await runCheck(runtime, command, isolator, signal);
    }
  };
  await Promise.all([worker(), worker()]);
  return checks;
}

async function runCheck(
  runtime: JobRoot,
  command: SmokeCommand,
  isolator: Isolator,
  signal: AbortSignal | undefined,
): Promise<SmokeCheck> {
  const stdout = new Collected();
  const stderr = new Collected();
  const job = startJob(
    runtime,
    {
      args: command.args,
      stdout,
      stderr,
      timeoutMs: SMOKE_TIMEOUT_MS,
      ...(signal ? { signal } : {}),
    },
    isolator,
  );
  const exit = await job.exit;
  const expected = command.expectLine === undefined || stdout.text.split(/\r?\n/).includes(command.expectLine);
  const output = [stdout.text, stderr.text, ...(expected ? [] : [`expected the line: ${command.expectLine}`])]
    .filter(Boolean)
    .join('\n');
  return { title: command.title, passed: exit.status === 0 && expected, output: output.trimEnd() };
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.text.length < MAX_OUTPUT) this.text += chunk.toString('utf8');
    done();
  }
}
