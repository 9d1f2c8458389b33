import { rm } from 'node:fs/promises';
import { inject, injectable } from 'tsyringe';
import { loadConfig } from '../config/load-config.js';
import { type DeviceEdits, GPUS, type Gpus } from '../contracts/gpus.js';
import { HOST, type Host } from '../contracts/host.js';
import { ISOLATOR, type Isolator } from '../contracts/isolator.js';
import { hostUnfit } from '../errors/errors.js';
import { kernelUuid } from '../process/kernel-uuid.js';
import { identify, type ProcessIdentity } from '../process/process-identity.js';
import { StorePaths } from '../store/store-paths.js';
import { type FileTransfer, FileTransfers } from './file-transfer.js';
import { endedRecord, failedRecord } from './job-end.js';
import { type JobPlan, newRecord, planJob } from './job-plan.js';
import type { JobRecord } from './job-record.js';
import type { JobRoot, JobRootUse } from './job-runner.js';
import type { JobRequest, JobSpec, RunningJob } from './job-spec.js';
import { JobStore } from './job-store.js';
import { LogWriter } from './log-writer.js';

/** Starts jobs and keeps their records and logs. On the way of every job: it does little, and that synchronously. */
@injectable()
export class JobStarter {
  constructor(
    @inject(JobStore) private readonly store: JobStore,
    @inject(ISOLATOR) private readonly isolator: Isolator,
    @inject(HOST) private readonly host: Host,
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(FileTransfers) private readonly transfers: FileTransfers,
    @inject(GPUS) private readonly gpus: Gpus,
  ) {}

  /** A job that lives as long as this process. */
  async start(spec: JobSpec, use: JobRootUse): Promise<RunningJob> {
    try {
      const job = await this.startIn(spec, use.root);
      job.exit.then(use.release, use.release);
      return job;
    } catch (error) {
      use.release();
      throw error;
    }
  }

  private async startIn(spec: JobSpec, root: JobRoot): Promise<RunningJob> {
    const config = await loadConfig(this.paths.root);
    const plan = planJob(spec, root, config);
    const devices = await this.devicesOf(plan);
    const { record, log: logFile, transfer } = await this.begin(spec, plan, false);
    const log = new LogWriter(logFile, config.jobs.logBytes, () => this.host.now());
    let started = this.write({ ...record, ...ownedByUs() });
    const running = this.isolator.start({
      ...plan.process,
      ...transfer.process,
      ...devices,
      stdin: spec.stdin ?? 'ignore',
      stdout: spec.stdout,
      stderr: spec.stderr,
      observe: (output, chunk) => log.append(output, chunk),
      ...(spec.signal === undefined ? {} : { signal: spec.signal }),
    });
    const run = running.started?.then((identity) => {
      if (identity !== undefined) started = this.running(started, identity);
    });
    const exit = running.exit.then(
      async (ended) => {
        await run;
        this.close(log, endedRecord(started, ended, this.store.isStopped(record.id), this.host.now()));
        return ended;
      },
      async (error: unknown) => {
        await run;
        await transfer.discard();
        this.close(log, failedRecord(started, 'not-started', messageOf(error), this.host.now()));
        throw error;
      },
    );
    const downloaded = spec.downloads && exit.then(transfer.collect, () => undefined);
    // Whoever only waits for the exit has not asked for it.
    downloaded?.catch(() => {});
    return {
      id: record.id,
      limits: plan.limits,
      exit,
      ...(downloaded ? { downloaded } : {}),
      kill: (signal) => running.kill(signal),
    };
  }

  /** A job that goes on when this process ends. `atEnd`: the command that writes its end, given its ID. */
  async startDetached(
    request: JobRequest,
    use: JobRootUse,
    atEnd: (id: string) => readonly string[],
  ): Promise<JobRecord> {
    try {
      return await this.startDetachedIn(request, use, atEnd);
    } finally {
      use.release();
    }
  }

  private async startDetachedIn(
    request: JobRequest,
    { root, descriptor }: JobRootUse,
    atEnd: (id: string) => readonly string[],
  ): Promise<JobRecord> {
    if (this.isolator.startDetached === undefined) {
      throw hostUnfit(`${this.isolator.id} has no monitor for detached jobs`, 'run the job in the foreground');
    }
    const config = await loadConfig(this.paths.root);
    const plan = planJob(request, root, config);
    const devices = await this.devicesOf(plan);
    const { record, log, monitor, transfer } = await this.begin(request, plan, true);
    let current = this.write({ ...record, ...ownedByUs() });
    try {
      await this.isolator.startDetached({
        ...plan.process,
        ...transfer.process,
        ...devices,
        directory: monitor,
        logPath: log,
        logLimitBytes: config.jobs.logBytes,
        atEnd: atEnd(record.id),
        held: descriptor === undefined ? [] : [descriptor],
        onMonitored: (handles) => {
          current = this.write({
            ...current,
            state: 'RUNNING',
            startedAt: this.host.now().toISOString(),
            process: handles.process,
            owner: handles.monitor,
          });
        },
      });
      return current;
    } catch (error) {
      await transfer.discard();
      this.write(failedRecord(current, 'not-started', messageOf(error), this.host.now()));
      // The monitor may still be about to end.
      await rm(monitor, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }).catch(() => {});
      throw error;
    }
  }

  /** A job whose GPUs are not to be had leaves no record. They are its own from when its process holds them. */
  private async devicesOf({ gpus }: JobPlan): Promise<{ readonly devices?: DeviceEdits }> {
    return gpus === undefined ? {} : { devices: await this.gpus.choose(gpus) };
  }

  private async begin(request: JobRequest, plan: JobPlan, detached: boolean) {
    const id = kernelUuid();
    const files = await this.store.create(id);
    const transfer = await this.transfer(request, plan, files.dir);
    const record = newRecord(id, request, plan, { detached, now: this.host.now() });
    return { ...files, record: { ...record, ...transfer.facts }, transfer };
  }

  /** One that has no files to move, as most, is ready at once. A job whose files are wrong leaves no record. */
  private async transfer(
    request: JobRequest,
    { process: { disk } }: JobPlan,
    directory: string,
  ): Promise<FileTransfer> {
    try {
      return await this.transfers.begin(request, { directory, ...(disk === undefined ? {} : { disk }) });
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** The job runs, whatever becomes of this: a record that could not be written still says who would write its end. */
  private running(record: JobRecord, identity: ProcessIdentity): JobRecord {
    const running: JobRecord = {
      ...record,
      state: 'RUNNING',
      startedAt: this.host.now().toISOString(),
      process: identity,
    };
    try {
      this.store.write(running);
    } catch {
      // A full disk.
    }
    return running;
  }

  private write(record: JobRecord): JobRecord {
    this.store.write(record);
    return record;
  }

  /** The job has ended as it has, whatever becomes of its record: one that cannot be written says later that it was lost. */
  private close(log: LogWriter, record: JobRecord): void {
    try {
      log.close();
      this.store.write(record);
    } catch {
      // A full disk.
    }
  }
}

function ownedByUs(): Pick<JobRecord, 'owner'> {
  const owner = identify(process.pid);
  return owner === undefined ? {} : { owner };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
