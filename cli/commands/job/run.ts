import * as Flags from '@oclif/core/flags';
import type { ProcessExit } from '../../../core/contracts/isolator.js';
import type { Jobs } from '../../../core/engine/jobs.js';
import { usageError } from '../../../core/errors/errors.js';
import { exitStatus } from '../../../core/errors/exit-status.js';
import type { JobRequest, RunningJob } from '../../../core/jobs/job-spec.js';
import { BaseCommand } from '../../base-command.js';
import { asJobletError, renderFailure } from '../../failure.js';
import type { JobFileFlags, JobFileRequest } from '../../job-files.js';
import { type JobRequestFlags, jobRequest } from '../../job-request.js';
import { forwardSignals } from '../../signals.js';

/** As timeout(1). */
const TIMED_OUT = 124;

const files = (description: string, helpValue: string) =>
  Flags.string({ description, helpValue, helpGroup: 'FILES', multiple: true, multipleNonGreedy: true });
const limit = (description: string, helpValue: string) => Flags.string({ description, helpValue, helpGroup: 'LIMIT' });

export default class JobRun extends BaseCommand {
  static override summary = 'Run a command, isolated, in the foreground or detached.';
  static override description =
    `In the foreground, standard input, output and error, and the exit status, are the command's (128+n when a signal ended it); signals that rnx gets reach it. With --detach, RNX_DETACH=1 or run.detach in the configuration, rnx returns when the job is started, and the job goes on.

Flags of rnx end at CMD: whatever follows is the command's. When the command could not be started, the status is 125. A limit of 0 is the configured default.`;
  static override usage = 'job run [--runtime=RUNTIME] [FLAGS] [--] CMD [ARGS...]';
  static override strict = false;
  static override flags = {
    runtime: Flags.string({
      description: 'NAME, NAME@VERSION or NAME@latest [default: a minimal root]',
      helpValue: 'RUNTIME',
    }),
    detach: Flags.boolean({ char: 'd', description: 'return when the job is started', allowNo: true }),
    name: Flags.string({ description: 'a name that lists show', helpValue: 'NAME' }),
    env: Flags.string({
      char: 'e',
      description: 'a variable of the job, over those of the runtime (may be repeated)',
      helpValue: 'NAME=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'secret-env': Flags.string({
      char: 's',
      description: 'the same, never shown or kept; NAME alone takes the value from the environment of rnx',
      helpValue: 'NAME[=VALUE]',
      multiple: true,
      multipleNonGreedy: true,
    }),
    workdir: Flags.string({ description: 'where the job starts [default: /work]', helpValue: 'DIR' }),
    user: Flags.string({ description: 'UID, UID:GID, or a name that the runtime knows', helpValue: 'USER' }),
    network: Flags.string({ description: 'none, isolated or host [default: none]', helpValue: 'NETWORK' }),
    gpu: Flags.string({
      description: 'GPUs of its own [default: 1 in a runtime that requires one]',
      helpValue: 'COUNT',
    }),
    'gpu-memory': Flags.string({ description: 'MB that each GPU has at least, or with a unit: 8G', helpValue: 'SIZE' }),
    upload: files('a file for /work, or a directory whose contents go there (may be repeated)', 'PATH'),
    'upload-dir': files('a directory for /work that keeps its name (may be repeated)', 'DIR'),
    download: files(
      'at the end, files of /work that match, into a directory of the host (may be repeated)',
      'PATTERN:DIR',
    ),
    volume: files('a volume, at /volumes/NAME; :ro keeps the job from writing (may be repeated)', 'NAME[:ro]'),
    'max-cpu': limit('percent of one core: 150 is one and a half', 'PERCENT'),
    'max-memory': limit('MB, or with a unit: 512M, 2G', 'SIZE'),
    'max-iobps': limit('bytes per second of reads, and of writes', 'RATE'),
    'cpu-cores': limit('cores that it may run on: 0-3 or 1,3,5', 'CORES'),
    'max-pids': limit('processes and threads at a time', 'COUNT'),
    'max-disk': limit('MB of /work and /tmp, or with a unit', 'SIZE'),
    'max-inodes': limit('files in /work and /tmp', 'COUNT'),
    'max-output': limit('MB of output, or with a unit', 'SIZE'),
    timeout: limit('end the job after this time (90s, 5m, 1h30m) with TERM, then KILL; the status is then 124', 'TIME'),
    stats: Flags.boolean({ description: 'at the end, say on standard error why it ended and what it used' }),
  };
  static override examples = [
    '<%= config.bin %> job run --runtime=python-3.11-ml python -c "import numpy; print(numpy.__version__)"',
    'echo hello | <%= config.bin %> job run --runtime=python-3.11-ml --timeout=10s cat',
    '<%= config.bin %> job run -d --max-memory=2G --max-cpu=150 --runtime=python-3.11-ml python train.py',
  ];

  async run(): Promise<unknown> {
    const forwarding = forwardSignals(this.around.signals);
    try {
      const { flags, raw } = await this.parse(JobRun);
      // Not `argv`: oclif sorts it by where each value first stood, which mixes up equal ones.
      const command = raw.filter(({ type }) => type === 'arg').map(({ input }) => input);
      const { downloads, ...request } = { ...this.#request(flags, command), ...(await filesOf(flags)) };
      const jobs = await this.jobs(flags);
      if (await this.#isDetached(flags, jobs)) {
        if (downloads !== undefined) {
          throw usageError(
            '--download of a detached job',
            'run it in the foreground, or keep its results on a --volume',
          );
        }
        forwarding.release();
        return await this.#submit(jobs, request, flags);
      }
      return await this.#attend(jobs, { ...request, ...(downloads ? { downloads } : {}) }, flags, (job) =>
        forwarding.to((signal) => job.kill(signal)),
      );
    } finally {
      forwarding.release();
    }
  }

  protected override statusOf(): number {
    return exitStatus.jobNotRun;
  }

  async #isDetached({ detach }: { readonly detach?: boolean }, jobs: Jobs): Promise<boolean> {
    if (detach !== undefined) return detach;
    const wanted = this.around.env['RNX_DETACH'];
    if (wanted !== undefined && wanted !== '') return wanted === '1' || wanted === 'true';
    return (await jobs.config()).run.detach;
  }

  async #submit(jobs: Jobs, request: JobRequest, flags: RootFlag): Promise<unknown> {
    const record = await jobs.start(request, { onProgress: this.#progress, atEnd: this.settleCommand(flags) });
    const { renderSubmitted, submittedDocument } = await import('../../render/submitted-job.js');
    this.print(renderSubmitted(record));
    return submittedDocument(record);
  }

  async #attend(
    jobs: Jobs,
    request: JobRequest & JobFileRequest,
    flags: RootFlag & { readonly stats?: boolean },
    onStart: (job: RunningJob) => void,
  ): Promise<unknown> {
    const json = this.jsonEnabled() ? await import('../../render/ended-job.js') : undefined;
    const collected = json?.collectOutput();
    const { stdout, stderr, stdin } = this.around;
    const job = await jobs.run(
      { ...request, stdin: stdin(), stdout: collected?.stdout ?? stdout, stderr: collected?.stderr ?? stderr },
      { onProgress: this.#progress },
    );
    onStart(job);
    const exit = await job.exit;
    this.around.setExitStatus(exit.timedOut ? TIMED_OUT : exit.status);
    await this.#sayWhy(job, exit, flags.stats === true);
    await this.#download(job, exit);
    return collected === undefined ? undefined : json?.endedJobDocument(job, exit, collected);
  }

  /** Nothing for a job that ended by itself: what it had to say, it said. */
  async #sayWhy(job: RunningJob, exit: ProcessExit, stats: boolean): Promise<void> {
    if (!stats && (exit.reason === 'exited' || exit.reason === 'signalled')) return;
    const { renderReason, renderStats } = await import('../../render/job-stats.js');
    this.printError(renderReason(exit, job.limits));
    if (stats) this.printError(renderStats(job.id, exit));
  }

  /** What went wrong with it is told by the status only where the job's own is a success. */
  async #download({ downloaded }: RunningJob, exit: ProcessExit): Promise<void> {
    if (downloaded === undefined) return;
    try {
      const report = await downloaded;
      const { renderDownload } = await import('../../job-files.js');
      if (report !== undefined) this.printError(renderDownload(report));
    } catch (error) {
      if (exit.status === 0) throw error;
      this.printError(renderFailure(asJobletError(error), false));
    }
  }

  readonly #progress = (message: string): void => {
    this.printError(`${message}\n`);
  };

  #request(flags: JobRequestFlags, args: readonly string[]): JobRequest {
    if (args.length === 0) throw usageError('no command to run', 'rnx job run --runtime=NAME CMD [ARGS...]');
    return jobRequest(flags, args, this.around.env);
  }
}

/** Most jobs have none, and start without what reads them. */
async function filesOf(flags: JobFileFlags): Promise<JobFileRequest> {
  const { upload, 'upload-dir': directories, download, volume } = flags;
  if ([upload, directories, download, volume].every((given) => given === undefined)) return {};
  const { jobFiles } = await import('../../job-files.js');
  return jobFiles(flags);
}

interface RootFlag {
  readonly root?: string | undefined;
}
