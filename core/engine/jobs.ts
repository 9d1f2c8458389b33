import type { Config } from '../config/config.js';
import type { JobRecord } from '../jobs/job-record.js';
import type { JobRequest, JobSpec, RunningJob } from '../jobs/job-spec.js';
import type { LogEntry } from '../jobs/log-reader.js';
import type { Volumes } from '../volumes/volume-store.js';

export interface StartOptions {
  /** One short line at a time, of what takes long: the minimal root is made once. */
  readonly onProgress?: (message: string) => void;
}

export interface DetachOptions extends StartOptions {
  /** A command that calls `settle` on this store with the ID that becomes its last argument; the job's monitor runs it.
   * @default none: whoever looks at the job next settles it */
  readonly atEnd?: readonly string[];
}

export interface LogOptions {
  /** Until the job ends. */
  readonly follow: boolean;
  /** Begin with this many of the last lines. @default all */
  readonly tail?: number;
  readonly signal?: AbortSignal;
}

/**
 * Jobs of one store: a part of a builder, and by itself as much of it as `rnx job` loads. A job is named by its ID or by
 * the first 8 or more characters of it; all methods throw E_JOB_NOT_FOUND for one that is not there.
 */
export interface Jobs {
  readonly volumes: Volumes;
  /** Starts a command that lives as long as this process. Throws E_RUNTIME_NOT_FOUND, E_USAGE, E_HOST_UNFIT. */
  run(spec: JobSpec, options?: StartOptions): Promise<RunningJob>;
  /** Starts a command that goes on when this process ends. */
  start(request: JobRequest, options?: DetachOptions): Promise<JobRecord>;
  /** Oldest first. */
  list(): Promise<readonly JobRecord[]>;
  find(reference: string): Promise<JobRecord>;
  log(reference: string, options: LogOptions): AsyncIterable<readonly LogEntry[]>;
  /** Resolves when the job has ended. */
  wait(reference: string, signal?: AbortSignal): Promise<JobRecord>;
  /** The record, with what the job has used until now. */
  measure(reference: string): Promise<JobRecord>;
  /** TERM, then KILL. Resolves when the job has ended. Throws E_JOB_STATE for one that does not run. */
  stop(reference: string): Promise<JobRecord>;
  /** Throws E_JOB_STATE for one that is not scheduled. */
  cancel(reference: string): Promise<JobRecord>;
  /** With its log. Throws E_JOB_STATE for one that runs or is scheduled. */
  delete(reference: string): Promise<JobRecord>;
  deleteEnded(): Promise<{ readonly deleted: readonly JobRecord[]; readonly kept: number }>;
  /** Deletes jobs that ended longer ago than the configured retention, or all that have ended, and what killed programs left. */
  prune(options?: { readonly all?: boolean }): Promise<{ readonly jobs: number; readonly leftovers: number }>;
  /** Writes the end of a detached job. For its monitor. */
  settle(id: string): Promise<JobRecord>;
  /** The configuration of the store. Throws E_CONFIG_INVALID. */
  config(): Promise<Config>;
}
