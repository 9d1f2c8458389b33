import type { ProcessExit } from '../contracts/isolator.js';
import type { JobEndReason, JobRecord, JobState } from './job-record.js';

/** As Joblet's clients read it of a job that was stopped, or of which no exit is known. */
const NO_EXIT_CODE = -1;

/** The record of a job whose process ended so. `stopped`: because somebody stopped it. */
export function endedRecord(record: JobRecord, exit: ProcessExit, stopped: boolean, at: Date): JobRecord {
  const state = stateOf(exit, stopped);
  return {
    ...record,
    state,
    endedAt: at.toISOString(),
    exitCode: state === 'STOPPED' ? NO_EXIT_CODE : exit.status,
    reason: state === 'STOPPED' ? 'stopped' : exit.reason,
    usage: exit.usage,
    durationMs: Math.round(exit.durationMs),
  };
}

/** The record of a job that ended without an exit of its own. */
export function failedRecord(
  record: JobRecord,
  reason: Extract<JobEndReason, 'not-started' | 'lost'>,
  error: string,
  at: Date,
): JobRecord {
  return { ...record, state: 'FAILED', endedAt: at.toISOString(), exitCode: NO_EXIT_CODE, reason, error };
}

export function stoppedRecord(record: JobRecord, at: Date): JobRecord {
  return { ...record, state: 'STOPPED', endedAt: at.toISOString(), exitCode: NO_EXIT_CODE, reason: 'stopped' };
}

function stateOf(exit: ProcessExit, stopped: boolean): JobState {
  if (exit.timedOut) return 'TIMEOUT';
  if (stopped || exit.cancelled) return 'STOPPED';
  return exit.status === 0 ? 'COMPLETED' : 'FAILED';
}
