import { realpathSync } from 'node:fs';
import { inject, injectable } from 'tsyringe';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import { BASE_ROOT_MAKER, type BaseRootMaker } from '../contracts/base-root.js';
import { JobControl } from '../jobs/job-control.js';
import type { JobRecord } from '../jobs/job-record.js';
import type { JobRootUse } from '../jobs/job-runner.js';
import { JobSettlement } from '../jobs/job-settlement.js';
import type { JobRequest, JobSpec, RunningJob } from '../jobs/job-spec.js';
import { JobStarter } from '../jobs/job-starter.js';
import { JobStore } from '../jobs/job-store.js';
import type { LogEntry } from '../jobs/log-reader.js';
import { RuntimeStore } from '../store/runtime-store.js';
import { StorePaths } from '../store/store-paths.js';
import { VolumeStore } from '../volumes/volume-store.js';
import type { DetachOptions, Jobs, LogOptions, StartOptions } from './jobs.js';

/** Needs no phase, pack or platform, and imports none: a job has to start in milliseconds. */
@injectable()
export class JobEngine implements Jobs {
  constructor(
    @inject(JobStarter) private readonly starter: JobStarter,
    @inject(JobControl) private readonly control: JobControl,
    @inject(JobSettlement) private readonly settlement: JobSettlement,
    @inject(JobStore) private readonly store: JobStore,
    @inject(RuntimeStore) private readonly runtimes: RuntimeStore,
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(BASE_ROOT_MAKER) private readonly baseRoot: BaseRootMaker,
    @inject(VolumeStore) readonly volumes: VolumeStore,
  ) {}

  async run(spec: JobSpec, options: StartOptions = {}): Promise<RunningJob> {
    return this.starter.start(spec, await this.rootOf(spec, options));
  }

  async start(request: JobRequest, options: DetachOptions = {}): Promise<JobRecord> {
    const { atEnd = [] } = options;
    const root = await this.rootOf(request, options);
    return this.starter.startDetached(request, root, (id) => (atEnd.length === 0 ? [] : [...atEnd, id]));
  }

  config(): Promise<Config> {
    return loadConfig(this.paths.root);
  }

  list(): Promise<readonly JobRecord[]> {
    return this.control.list();
  }

  find(reference: string): Promise<JobRecord> {
    return this.control.find(reference);
  }

  log(reference: string, options: LogOptions): AsyncIterable<readonly LogEntry[]> {
    return this.control.log(reference, options);
  }

  wait(reference: string, signal?: AbortSignal): Promise<JobRecord> {
    return this.control.wait(reference, signal);
  }

  stop(reference: string): Promise<JobRecord> {
    return this.control.stop(reference);
  }

  cancel(reference: string): Promise<JobRecord> {
    return this.control.cancel(reference);
  }

  delete(reference: string): Promise<JobRecord> {
    return this.control.delete(reference);
  }

  deleteEnded(): Promise<{ readonly deleted: readonly JobRecord[]; readonly kept: number }> {
    return this.control.deleteEnded();
  }

  measure(reference: string): Promise<JobRecord> {
    return this.control.measure(reference);
  }

  async prune({
    all = false,
  }: {
    readonly all?: boolean;
  } = {}): Promise<{ readonly jobs: number; readonly leftovers: number }> {
    const { retentionMs } = (await this.config()).jobs;
    return this.control.prune(all ? undefined : new Date(Date.now() - retentionMs));
  }

  async settle(id: string): Promise<JobRecord> {
    return this.settlement.settle(await this.store.find(id), true);
  }

  private async rootOf(request: JobRequest, options: StartOptions): Promise<JobRootUse> {
    if (request.runtime !== undefined) {
      const { runtime, descriptor, release } = await this.runtimes.useForJob(request.runtime);
      return { root: runtime, release, ...(descriptor === undefined ? {} : { descriptor }) };
    }
    const rootPath = this.readyBaseRoot() ?? (await this.makeBaseRoot(request, options));
    return { root: { rootPath, manifest: { environment: {} } }, release: () => {} };
  }

  /** The minimal root, where it was made before. */
  private readyBaseRoot(): string | undefined {
    try {
      return realpathSync(this.paths.baseRoot);
    } catch {
      return undefined;
    }
  }

  private makeBaseRoot(request: JobRequest | JobSpec, options: StartOptions): Promise<string> {
    const signal = 'signal' in request ? request.signal : undefined;
    return this.baseRoot.make({ onProgress: options.onProgress ?? (() => {}), ...(signal ? { signal } : {}) });
  }
}
