import { DEFAULT_CONFIG } from '../../core/config/config.js';
import type { ProcessExit } from '../../core/contracts/isolator.js';
import type { DetachOptions, Jobs } from '../../core/engine/jobs.js';
import { jobNotFound, runtimeNotFound } from '../../core/errors/errors.js';
import type { JobRecord } from '../../core/jobs/job-record.js';
import type { JobRequest, JobSpec, RunningJob } from '../../core/jobs/job-spec.js';
import type { LogEntry } from '../../core/jobs/log-reader.js';
import { FakeVolumes } from './fake-volumes.js';

export const JOB_ID = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

/** Jobs that play what a test gives them, and remember what they were asked. */
export class FakeJobs implements Jobs {
  readonly ran: JobSpec[] = [];
  readonly started: JobRequest[] = [];
  readonly asked: string[] = [];
  atEnd: readonly string[] | undefined;
  readonly volumes = new FakeVolumes();
  records: readonly JobRecord[] = [jobRecord()];
  entries: readonly LogEntry[] = [];
  settings = DEFAULT_CONFIG;
  onRun: (spec: JobSpec) => RunningJob = () => endedJob(0);

  async run(spec: JobSpec): Promise<RunningJob> {
    requireKnown(spec);
    this.ran.push(spec);
    return this.onRun(spec);
  }

  async start(request: JobRequest, options: DetachOptions): Promise<JobRecord> {
    requireKnown(request);
    this.atEnd = options.atEnd;
    this.started.push(request);
    return jobRecord({ state: 'RUNNING', detached: true });
  }

  async list(): Promise<readonly JobRecord[]> {
    return this.records;
  }

  async find(reference: string): Promise<JobRecord> {
    const found = this.records.find(({ id }) => id.startsWith(reference));
    if (found === undefined) throw jobNotFound(reference, 'rnx job list shows the jobs');
    return found;
  }

  async *log(reference: string): AsyncGenerator<readonly LogEntry[]> {
    await this.find(reference);
    yield this.entries;
  }

  wait(reference: string): Promise<JobRecord> {
    return this.find(reference);
  }

  measure(reference: string): Promise<JobRecord> {
    return this.find(reference);
  }

  async prune(): Promise<{ readonly jobs: number; readonly leftovers: number }> {
    return { jobs: 1, leftovers: 0 };
  }

  stop(reference: string): Promise<JobRecord> {
    return this.ask('stop', reference);
  }

  cancel(reference: string): Promise<JobRecord> {
    return this.ask('cancel', reference);
  }

  delete(reference: string): Promise<JobRecord> {
    return this.ask('delete', reference);
  }

  async deleteEnded(): Promise<{ readonly deleted: readonly JobRecord[]; readonly kept: number }> {
    return { deleted: this.records, kept: 2 };
  }

  settle(id: string): Promise<JobRecord> {
    return this.ask('settle', id);
  }

  async config() {
    return this.settings;
  }

  private ask(what: string, reference: string): Promise<JobRecord> {
    this.asked.push(`${what} ${reference}`);
    return this.find(reference);
  }
}

function requireKnown({ runtime }: JobRequest): void {
  if (runtime !== undefined && runtime.split('@')[0] !== 'python-3.11-ml') throw runtimeNotFound(runtime, []);
}

export function jobRecord(more: Partial<JobRecord> = {}): JobRecord {
  return {
    id: JOB_ID,
    state: 'COMPLETED',
    command: 'python',
    args: ['-c', 'print(1)'],
    runtime: 'python-3.11-ml',
    environment: { A: '1', API_TOKEN: '***' },
    limits: { maxCpu: 50, maxMemory: 134_217_728 },
    network: 'none',
    workdir: '/work',
    detached: false,
    createdAt: '2026-01-02T03:04:05.000Z',
    startedAt: '2026-01-02T03:04:05.000Z',
    endedAt: '2026-01-02T03:04:07.000Z',
    exitCode: 0,
    reason: 'exited',
    durationMs: 2000,
    usage: { cpuMs: 12, peakMemoryBytes: 1_048_576 },
    ...more,
  };
}

export function processExit(status: number, more: Partial<ProcessExit> = {}): ProcessExit {
  return { status, timedOut: false, cancelled: false, durationMs: 5, reason: 'exited', usage: {}, ...more };
}

export function endedJob(status: number, timedOut = false): RunningJob {
  const exit = processExit(status, { timedOut, reason: timedOut ? 'timed-out' : 'exited' });
  return { id: JOB_ID, limits: { timeoutMs: 2000 }, exit: Promise.resolve(exit), kill: () => {} };
}
