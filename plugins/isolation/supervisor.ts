import { constants } from 'node:os';
import type { ExitReason, IsolatedProcess, ProcessExit, RunningProcess } from '../../core/contracts/isolator.js';
import { findMainProcess, sendGroupSignal } from './container-processes.js';
import { processNotStarted } from './errors.js';
import type { Launch, LaunchEnd } from './launcher.js';
import { holdStreams, relayInput, relayOutput } from './stream-relay.js';

/** Between TERM and KILL after a timeout. */
export const GRACE_MS = 5000;

/** As coreutils' timeout(1). */
const TIMED_OUT_STATUS = 124;

const KILLED_STATUS = 128 + constants.signals.SIGKILL;

/** A signal that comes before the command runs is kept; this often it is looked whether it does. */
const START_POLL_MS = 2;

/** Streams, time limit, cancellation and signals of a started launch. */
export function supervise(process: IsolatedProcess, launch: Launch, graceMs: number): RunningProcess {
  const startedAt = performance.now();
  const timers = new Set<NodeJS.Timeout>();
  let ended = false;
  let timedOut = false;
  let killed = false;
  const giveUp = new AbortController();

  const after = (ms: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timers.add(timer);
  };
  const killAll = (): void => {
    killed = true;
    launch.kill();
  };
  const kill = (signal: NodeJS.Signals): void => {
    if (ended) return;
    if (signal === 'SIGKILL') {
      killAll();
      return;
    }
    const main = findMainProcess(launch.pid);
    if (main === undefined) after(START_POLL_MS, () => kill(signal));
    else sendGroupSignal(main, signal);
  };
  const cancel = (): void => {
    giveUp.abort();
    killAll();
  };
  process.signal?.addEventListener('abort', cancel, { once: true });
  if (process.timeoutMs !== undefined) {
    after(process.timeoutMs, () => {
      timedOut = true;
      kill('SIGTERM');
      after(graceMs, killAll);
    });
  }

  const run = async (): Promise<ProcessExit> => {
    try {
      const delivered = relayStreams(process, launch, giveUp.signal);
      const end = await launch.ended;
      ended = true;
      for (const timer of timers) clearTimeout(timer);
      const output = await delivered;
      const cancelled = giveUp.signal.aborted;
      const status = killed ? KILLED_STATUS : statusOf(end);
      if (!killed && status !== 0 && status !== KILLED_STATUS && (end.errors !== '' || !output.connected))
        throw notStarted(end);
      return {
        status: timedOut && !cancelled ? TIMED_OUT_STATUS : status,
        timedOut,
        cancelled,
        durationMs: performance.now() - startedAt,
        reason: reasonOf(status, timedOut, cancelled),
        usage: {},
      };
    } finally {
      ended = true;
      process.signal?.removeEventListener('abort', cancel);
    }
  };
  return { exit: run(), kill };
}

/** Resolves when all output is with the caller, or the caller wants no more of it. */
async function relayStreams(
  process: IsolatedProcess,
  launch: Launch,
  giveUp: AbortSignal,
): Promise<{ connected: boolean }> {
  const input = process.stdin ?? 'ignore';
  const letGo = holdStreams([input, process.stdout, process.stderr]);
  const streams = await launch.streams;
  if (streams === undefined) {
    letGo();
    return { connected: false };
  }
  const { stdin, stdout, stderr } = streams;
  const output = Promise.all([relayOutput(stdout, process.stdout), relayOutput(stderr, process.stderr)]);
  const release = relayInput(input, stdin);
  letGo();
  await launch.ended;
  release();
  // What a cancelled caller did not take is dropped: it may never read again.
  const given = new Promise<void>((resolve) => {
    if (giveUp.aborted) resolve();
    else giveUp.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([output, given]);
  if (giveUp.aborted) for (const stream of [stdout, stderr]) stream.destroy();
  return { connected: true };
}

function statusOf(end: LaunchEnd): number {
  // unshare cannot end by KILL as its child did: it complains, and exits with 1.
  if (end.errors.includes('child exit failed')) return KILLED_STATUS;
  return end.code ?? 128 + (end.signal === null ? 0 : constants.signals[end.signal]);
}

/** Init passes on how its child ended as a shell does, so a status over 128 is taken for a signal. */
function reasonOf(status: number, timedOut: boolean, cancelled: boolean): ExitReason {
  if (cancelled) return 'cancelled';
  if (timedOut) return 'timed-out';
  return status > 128 ? 'signalled' : 'exited';
}

function notStarted(end: LaunchEnd): Error {
  const reason = end.errors.split('\n').at(-1) || `the launcher ended with status ${statusOf(end)}`;
  const hint = /chdir|cwd|working directory/.test(reason)
    ? 'the working directory must exist inside the root'
    : /No space left/.test(reason)
      ? 'free memory or disk space'
      : 'see docs/isolation.md for what a root must have';
  return processNotStarted(reason, hint);
}
