import type { GpuRequest } from '../contracts/gpus.js';
import type { ExitReason, NetworkMode } from '../contracts/isolator.js';
import type { ResourceUsage } from '../contracts/resource-limits.js';
import type { ProcessIdentity } from '../process/process-identity.js';
import type { EffectiveLimits } from './job-limits.js';

/** PENDING and SCHEDULED wait for a server; the others are what became of a job that was started. */
export type JobState =
  | 'PENDING'
  | 'SCHEDULED'
  | 'INITIALIZING'
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'STOPPED'
  | 'TIMEOUT'
  | 'CANCELED';

/** Why a job is not running any more: as its process ended, or one of ours. */
export type JobEndReason = ExitReason | 'stopped' | 'not-started' | 'lost';

/** What is kept of a job: jobs/ID/record.json. Secrets are never in it. Times are RFC 3339, UTC. */
export interface JobRecord {
  readonly id: string;
  readonly name?: string;
  readonly state: JobState;
  readonly command: string;
  readonly args: readonly string[];
  /** As asked for; absent for a job in the minimal root. */
  readonly runtime?: string;
  /** Values of secrets are `***`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: EffectiveLimits;
  readonly network: NetworkMode;
  /** Of its own; absent for none. */
  readonly gpus?: GpuRequest;
  readonly user?: string;
  readonly workdir: string;
  readonly detached: boolean;
  readonly uploadedFiles?: number;
  /** Their names. */
  readonly volumes?: readonly string[];
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly scheduledAt?: string;
  /** -1 for a job that was stopped; 124 at its timeout. */
  readonly exitCode?: number;
  readonly reason?: JobEndReason;
  /** One line, where `reason` alone does not say it. */
  readonly error?: string;
  readonly usage?: ResourceUsage;
  readonly durationMs?: number;
  /** Who writes the end: rnx, a program, or the monitor. When it is gone and no end is written, the job is lost. */
  readonly owner?: ProcessIdentity;
  readonly process?: ProcessIdentity;
}

export type ActiveState = 'INITIALIZING' | 'RUNNING';

export function isActive(record: JobRecord): boolean {
  return record.state === 'INITIALIZING' || record.state === 'RUNNING';
}

/** Neither runs nor waits for its turn. */
export function hasEnded(record: JobRecord): boolean {
  return !isActive(record) && record.state !== 'SCHEDULED' && record.state !== 'PENDING';
}
