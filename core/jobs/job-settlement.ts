import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { inject, injectable } from 'tsyringe';
import { ISOLATOR, type Isolator } from '../contracts/isolator.js';
import { isJobletError } from '../errors/joblet-error.js';
import { identify, isAlive } from '../process/process-identity.js';
import { endedRecord, failedRecord, stoppedRecord } from './job-end.js';
import type { JobRecord } from './job-record.js';
import { isActive } from './job-record.js';
import { JobStore } from './job-store.js';

/** Brings records in line with what is: of a detached job the end is written by whoever looks first. */
@injectable()
export class JobSettlement {
  constructor(
    @inject(JobStore) private readonly store: JobStore,
    @inject(ISOLATOR) private readonly isolator: Isolator,
  ) {}

  /** The record as it should be now. `byMonitor`: called by the monitor, which lives until this is done. */
  async settle(record: JobRecord, byMonitor = false): Promise<JobRecord> {
    if (!isActive(record)) return record;
    if (!byMonitor && record.owner !== undefined && isAlive(record.owner)) return record;
    // The owner may have written the end between the reading of the record and its own end.
    const current = this.store.read(record.id);
    if (current === undefined || !isActive(current)) return current ?? record;
    return this.finish(current);
  }

  private async finish(record: JobRecord): Promise<JobRecord> {
    const files = this.store.files(record.id);
    const stopped = this.store.isStopped(record.id);
    const ended = await this.endOf(record, stopped);
    this.end(record);
    this.store.write(ended);
    // Its monitor may still be about to end.
    await rm(files.monitor, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }).catch(() => {});
    return ended;
  }

  private async endOf(record: JobRecord, stopped: boolean): Promise<JobRecord> {
    const files = this.store.files(record.id);
    const at = lastSignOfLife(files.log, files.dir, files.monitor);
    if (record.detached) {
      try {
        const exit = await this.isolator.detachedExit?.(files.monitor);
        if (exit !== undefined) return endedRecord(record, exit, stopped, at);
      } catch (error) {
        if (!isJobletError(error)) throw error;
        return failedRecord(record, 'not-started', error.message, at);
      }
    }
    // Of jobs whose caller was killed something may be left on the host, at the latest from a minute on.
    await this.isolator.sweep?.().catch(() => undefined);
    if (stopped) return stoppedRecord(record, at);
    return failedRecord(record, 'lost', this.lossOf(record), at);
  }

  private lossOf({ owner, detached }: JobRecord): string {
    const own = identify(process.pid);
    if (owner === undefined || owner.bootId !== own?.bootId) return 'the host went down while the job ran';
    return detached ? 'the monitor of the job was ended before the job' : 'rnx was ended before the job';
  }

  /** What dies with its owner may still be dying. */
  private end({ process: running }: JobRecord): void {
    if (running !== undefined && isAlive(running)) this.isolator.signal?.(running, 'SIGKILL');
  }
}

function lastSignOfLife(...files: readonly string[]): Date {
  const times = files.flatMap((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? []);
  const record = times.length === 0 ? Date.now() : Math.max(...times);
  return new Date(record);
}
