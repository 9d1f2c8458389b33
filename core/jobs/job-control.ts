import { setTimeout as pause } from 'node:timers/promises';
import { inject, injectable } from 'tsyringe';
import { ISOLATOR, type Isolator } from '../contracts/isolator.js';
import { jobStateUnfit } from '../errors/errors.js';
import type { JobRecord } from './job-record.js';
import { hasEnded, isActive } from './job-record.js';
import { JobSettlement } from './job-settlement.js';
import { JobStore } from './job-store.js';
import { type LogEntry, readLog } from './log-reader.js';
import { LogTail } from './log-tail.js';

/** Between TERM and KILL of a job that is stopped. */
export const STOP_GRACE_MS = 5000;
/** Between looks at a job that is waited for. */
const POLL_MS = 20;

/** Looks at jobs and ends them, whoever started them. Every look settles what has ended meanwhile. */
@injectable()
export class JobControl {
  constructor(
    @inject(JobStore) private readonly store: JobStore,
    @inject(JobSettlement) private readonly settlement: JobSettlement,
    @inject(ISOLATOR) private readonly isolator: Isolator,
  ) {}

  async list(): Promise<readonly JobRecord[]> {
    const records = await this.store.list();
    return Promise.all(records.map((record) => this.settlement.settle(record)));
  }

  async find(reference: string): Promise<JobRecord> {
    return this.settlement.settle(await this.store.find(reference));
  }

  /** Resolves with the record of the job's end. Rejects with the signal's reason. */
  async wait(reference: string, signal?: AbortSignal): Promise<JobRecord> {
    let record = await this.find(reference);
    while (!hasEnded(record)) {
      await pause(POLL_MS, undefined, { signal });
      record = await this.find(record.id);
    }
    return record;
  }

  /** The log of a job, from its last lines on where `tail` says so; while the job runs and `follow` says so, what comes too. */
  async *log(
    reference: string,
    options: { readonly follow: boolean; readonly tail?: number; readonly signal?: AbortSignal },
  ): AsyncGenerator<readonly LogEntry[]> {
    const { id } = await this.find(reference);
    const { follow, tail: lines, signal } = options;
    const mayGrow = async () => follow && !hasEnded(await this.find(id));
    let tail = lines === undefined ? undefined : new LogTail(lines);
    for await (const entries of readLog(this.store.files(id).log, { mayGrow, ...(signal ? { signal } : {}) })) {
      if (entries.length > 0 && tail !== undefined) tail.add(entries);
      else if (entries.length > 0) yield entries;
      else if (tail !== undefined) {
        yield tail.entries;
        tail = undefined;
      }
    }
  }

  /** The job, with what it has used until now or, when it has ended, altogether. */
  async measure(reference: string): Promise<JobRecord> {
    const record = await this.find(reference);
    if (record.process === undefined || !isActive(record)) return record;
    const usage = await this.isolator.usage?.(record.process);
    return usage === undefined ? record : { ...record, usage };
  }

  /** TERM to the job's main process and its group, KILL to all of it after a grace period; resolves when it has ended. */
  async stop(reference: string, graceMs = STOP_GRACE_MS): Promise<JobRecord> {
    const record = await this.find(reference);
    if (!isActive(record)) {
      throw jobStateUnfit(
        record.id,
        record.state,
        `job ${record.id} does not run: it is ${record.state}`,
        'rnx job list shows what runs',
      );
    }
    this.store.markStopped(record.id);
    const killAt = performance.now() + graceMs;
    let termed = false;
    for (let now = record; isActive(now); now = await this.find(record.id)) {
      const late = performance.now() >= killAt;
      if (now.process !== undefined && (late || !termed)) {
        const sent = this.isolator.signal?.(now.process, late ? 'SIGKILL' : 'SIGTERM') ?? false;
        termed ||= sent;
      }
      await pause(POLL_MS);
    }
    return this.store.find(record.id);
  }

  async cancel(reference: string): Promise<JobRecord> {
    const record = await this.find(reference);
    if (record.state !== 'SCHEDULED' && record.state !== 'PENDING') {
      throw jobStateUnfit(
        record.id,
        record.state,
        `job ${record.id} is not scheduled: it is ${record.state}`,
        isActive(record) ? 'stop it with: rnx job stop' : 'there is nothing to cancel',
      );
    }
    const cancelled: JobRecord = { ...record, state: 'CANCELED', endedAt: new Date().toISOString() };
    this.store.write(cancelled);
    return cancelled;
  }

  async delete(reference: string): Promise<JobRecord> {
    const record = await this.find(reference);
    if (!hasEnded(record)) {
      const way = isActive(record) ? 'stop' : 'cancel';
      throw jobStateUnfit(
        record.id,
        record.state,
        `job ${record.id} is ${record.state}`,
        `first: rnx job ${way} ${record.id}`,
      );
    }
    await this.store.remove(record.id);
    return record;
  }

  /** Deletes what `deleteEnded` does, and what killed programs have left of jobs. Resolves with how much of each. */
  async prune(before?: Date): Promise<{ readonly jobs: number; readonly leftovers: number }> {
    const { deleted } = await this.deleteEnded(before);
    await this.store.sweep();
    return { jobs: deleted.length, leftovers: (await this.isolator.sweep?.()) ?? 0 };
  }

  /** All that have ended before a time. @default all that have ended */
  async deleteEnded(before?: Date): Promise<{ readonly deleted: readonly JobRecord[]; readonly kept: number }> {
    const records = await this.list();
    const limit = before?.toISOString();
    const deleted = records.filter((one) => hasEnded(one) && (limit === undefined || (one.endedAt ?? '') < limit));
    for (const { id } of deleted) await this.store.remove(id);
    return { deleted, kept: records.length - deleted.length };
  }
}
