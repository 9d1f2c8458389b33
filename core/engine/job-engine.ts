import { inject, injectable } from 'tsyringe';
import { ISOLATOR, type Isolator } from '../contracts/isolator.js';
import { startJob } from '../jobs/job-runner.js';
import type { JobSpec, RunningJob } from '../jobs/job-spec.js';
import { RuntimeStore } from '../store/runtime-store.js';
import { VolumeStore } from '../volumes/volume-store.js';
import type { Jobs } from './builder.js';

/** Needs no phase, pack or platform, and imports none: a job has to start in milliseconds. */
@injectable()
export class JobEngine implements Jobs {
  constructor(
    @inject(ISOLATOR) private readonly isolator: Isolator,
    @inject(RuntimeStore) private readonly runtimes: RuntimeStore,
    @inject(VolumeStore) readonly volumes: VolumeStore,
  ) {}

  async runJob(spec: JobSpec): Promise<RunningJob> {
    const use = await this.runtimes.useForJob(spec.runtime);
    try {
      const job = startJob(use.runtime, spec, this.isolator);
      job.exit.then(use.release, use.release);
      return job;
    } catch (error) {
      use.release();
      throw error;
    }
  }
}
