import { constants } from 'node:os';
import type { ExitReason, ProcessExit } from '../../core/contracts/isolator.js';
import type { ResourceUsage } from '../../core/contracts/resource-limits.js';
import { processNotStarted } from './errors.js';
import type { LaunchEnd } from './launcher.js';
import { isFull } from './work-disk.js';

/** As coreutils' timeout(1). */
const TIMED_OUT_STATUS = 124;

const KILLED_STATUS = 128 + constants.signals.SIGKILL;

/** What a process's control group says after its end. */
export interface Settlement {
  readonly usage: ResourceUsage;
  readonly outOfMemory: boolean;
}

/** Why we ended a process. */
export type OurReason = 'cancelled' | 'timed-out' | 'out-of-memory' | 'output-limit';

export interface EndFacts {
  readonly end: LaunchEnd;
  /** We killed it. */
  readonly killed: boolean;
  readonly ours?: OurReason;
  /** Its streams were there. */
  readonly connected: boolean;
  readonly settlement: Settlement;
  readonly durationMs: number;
}

/** What the end of a launch says of the process. Throws E_NOT_STARTED when it never ran. */
export function processExit({ end, killed, ours, connected, settlement, durationMs }: EndFacts): ProcessExit {
  const status = killed ? KILLED_STATUS : statusOf(end);
  if (!killed && status !== 0 && status !== KILLED_STATUS && (end.errors !== '' || !connected)) throw notStarted(end);
  const reason = ours ?? reasonOf(status, settlement, end);
  return {
    status: reason === 'timed-out' ? TIMED_OUT_STATUS : status,
    timedOut: reason === 'timed-out',
    cancelled: reason === 'cancelled',
    durationMs,
    reason,
    usage: settlement.usage,
  };
}

/** Init passes on how its child ended as a shell does, so a status over 128 is taken for a signal. */
function reasonOf(status: number, { outOfMemory }: Settlement, { free }: LaunchEnd): ExitReason {
  if (status === 0) return 'exited';
  if (outOfMemory) return 'out-of-memory';
  if (isFull(free)) return 'disk-full';
  return status > 128 ? 'signalled' : 'exited';
}

function statusOf(end: LaunchEnd): number {
  // unshare cannot end by KILL as its child did: it complains, in words that depend on its version, and exits with 1.
  if (/child exit failed|sigprocmask unblock failed/.test(end.errors)) return KILLED_STATUS;
  return end.code ?? 128 + (end.signal === null ? 0 : constants.signals[end.signal]);
}

/** So tar says that the disk was full in the midst of a block. */
const FULL = /No space left|Wrote only \d+ of \d+ bytes/;

function notStarted(end: LaunchEnd): Error {
  const lines = end.errors.split('\n');
  const full = lines.find((line) => line.startsWith('tar: ') && FULL.test(line));
  if (full !== undefined) {
    const reason = `the disk of the job is too small for what is uploaded (${full})`;
    return processNotStarted(reason, 'ask for a larger disk: --max-disk');
  }
  // tar says what is wrong first, and last that it gave up.
  const reason =
    lines.find((line) => line.startsWith('tar: ')) ??
    (lines.at(-1) || `the launcher ended with status ${statusOf(end)}`);
  const hint = /chdir|cwd|working directory/.test(reason)
    ? 'the working directory must exist inside the root'
    : /No space left/.test(reason)
      ? 'free memory or disk space'
      : 'see docs/isolation.md for what a root must have';
  return processNotStarted(reason, hint);
}
