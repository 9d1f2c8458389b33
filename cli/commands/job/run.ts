import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import * as Flags from '@oclif/core/flags';
import { usageError } from '../../../core/errors/errors.js';
import { exitStatus } from '../../../core/errors/exit-status.js';
import type { JobSpec } from '../../../core/jobs/job-spec.js';
import { BaseCommand } from '../../base-command.js';
import { parseEnvironment } from '../../job-environment.js';
import { forwardSignals } from '../../signals.js';

/** As timeout(1). */
const TIMED_OUT = 124;

export default class JobRun extends BaseCommand {
  static override summary = 'Run a command inside a runtime, isolated, in the foreground.';
  static override description =
    `Standard input, output and error, and the exit status, are the command's (128+n when a signal ended it); signals that rnx gets reach it.

Flags of rnx end at CMD: whatever follows is the command's. When the command could not be started, the status is 125.`;
  static override usage = 'job run --runtime=RUNTIME [FLAGS] [--] CMD [ARGS...]';
  static override strict = false;
  static override flags = {
    runtime: Flags.string({ description: 'NAME, NAME@VERSION or NAME@latest', helpValue: 'RUNTIME' }),
    env: Flags.string({
      char: 'e',
      description: 'a variable of the job, over those of the runtime (may be repeated)',
      helpValue: 'NAME=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    workdir: Flags.string({ description: 'where the job starts [default: /work]', helpValue: 'DIR' }),
    timeout: Flags.string({
      description: 'end the job after this time (90s, 5m, 1h30m), with TERM and then KILL; the status is then 124',
      helpValue: 'TIME',
    }),
  };
  static override examples = [
    '<%= config.bin %> job run --runtime=python-3.11-ml python -c "import numpy; print(numpy.__version__)"',
    'echo hello | <%= config.bin %> job run --runtime=python-3.11-ml --timeout=10s cat',
  ];

  async run(): Promise<void> {
    const forwarding = forwardSignals(this.around.signals);
    try {
      const { flags, raw } = await this.parse(JobRun);
      // Not `argv`: oclif sorts it by where each value first stood, which mixes up equal ones.
      const command = raw.filter(({ type }) => type === 'arg').map(({ input }) => input);
      const spec = await this.#spec(flags, command);
      const jobs = await this.jobs(flags);
      const job = await jobs.runJob(spec);
      forwarding.to((signal) => job.kill(signal));
      const exit = await job.exit;
      if (exit.timedOut) this.printError(`Error: the job ran past its timeout of ${flags.timeout}\n`);
      this.around.setExitStatus(exit.timedOut ? TIMED_OUT : exit.status);
    } finally {
      forwarding.release();
    }
  }

  protected override statusOf(): number {
    return exitStatus.jobNotRun;
  }

  async #spec(flags: JobFlags, args: readonly string[]): Promise<JobSpec> {
    if (args.length === 0) throw usageError('no command to run', 'rnx job run --runtime=NAME CMD [ARGS...]');
    if (flags.runtime === undefined) {
      throw usageError(
        '--runtime is needed; running without a runtime comes later',
        'rnx runtime list shows the runtimes',
      );
    }
    if (args.some((arg) => arg.includes('\ufffd')) && (await hasBrokenArguments())) {
      throw usageError(
        'an argument is not UTF-8',
        'it would reach the job changed: pass such data in a file or on standard input',
      );
    }
    const { stdout, stderr, stdin } = this.around;
    const timeoutMs = flags.timeout === undefined ? undefined : await parseTimeout(flags.timeout);
    return {
      runtime: flags.runtime,
      args,
      env: parseEnvironment(flags.env ?? []),
      stdin: stdin(),
      stdout,
      stderr,
      ...(flags.workdir === undefined ? {} : { workdir: flags.workdir }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
  }
}

interface JobFlags {
  readonly runtime?: string | undefined;
  readonly env?: readonly string[] | undefined;
  readonly workdir?: string | undefined;
  readonly timeout?: string | undefined;
}

async function parseTimeout(text: string): Promise<number> {
  const { parseDuration } = await import('../../../core/spec/duration.js');
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw usageError(`--timeout ${text}: no duration`, 'write 90s, 5m or 1h30m');
  // Beyond it, timers fire at once.
  if (ms > 2 ** 31 - 1) throw usageError(`--timeout ${text}: too long`, 'at most 596h');
  return ms;
}

/** Node replaces what is not UTF-8 in its arguments; the kernel still has them as they were given. */
async function hasBrokenArguments(): Promise<boolean> {
  return !isUtf8(await readFile('/proc/self/cmdline'));
}
