import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { ExitReason, IsolatedProcess, ProcessExit, RunningProcess } from '../../core/contracts/isolator.js';
import type { ResourceUsage } from '../../core/contracts/resource-limits.js';
import { findMainProcess, sendGroupSignal } from './container-processes.js';
import { processNotStarted } from './errors.js';
import type { Launch, LaunchEnd, ProcessStreams } from './launcher.js';
import { holdStreams, relayInput, relayOutput } from './stream-relay.js';
import { isFull } from './work-disk.js';

/** Between TERM and KILL after a timeout. */
export const GRACE_MS = 5000;

/** As coreutils' timeout(1). */
const TIMED_OUT_STATUS = 124;

const KILLED_STATUS = 128 + constants.signals.SIGKILL;

/** A signal that comes before the command runs is kept; this often it is looked whether it does. */
const START_POLL_MS = 2;

/** A version 1 control group has to be asked whether memory ran out. */
const MEMORY_POLL_MS = 100;

/** A launch with what was set up for it on the host. */
export interface SupervisedLaunch extends Launch {
  /** Asked now and then while it runs, where the kernel does not end all processes by itself when memory runs out. */
  ranOutOfMemory?(): Promise<boolean>;
  /** Once, after the end: what it used. Removes what was made for it. */
  settle(): Promise<Settlement>;
}

export interface Settlement {
  readonly usage: ResourceUsage;
  readonly outOfMemory: boolean;
}

/** Why we ended it; the first reason stands. */
type OurReason = 'cancelled' | 'timed-out' | 'out-of-memory' | 'output-limit';

/** Streams, limits that are ours to watch, cancellation and signals of a launch. */
export function supervise(
  process: IsolatedProcess,
  launching: Promise<SupervisedLaunch>,
  graceMs: number,
): RunningProcess {
  const startedAt = performance.now();
  const timers = new Set<NodeJS.Timeout>();
  const giveUp = new AbortController();
  let launch: SupervisedLaunch | undefined;
  let ended = false;
  let killed = false;
  let ours: OurReason | undefined;

  const after = (ms: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timers.add(timer);
  };
  const killAll = (): void => {
    killed = true;
    launch?.kill();
  };
  const kill = (signal: NodeJS.Signals): void => {
    if (ended) return;
    if (signal === 'SIGKILL') {
      killAll();
      return;
    }
    const main = launch === undefined ? undefined : findMainProcess(launch.pid);
    if (main === undefined) after(START_POLL_MS, () => kill(signal));
    else sendGroupSignal(main, signal);
  };
  const end = (reason: OurReason): void => {
    if (ended) return;
    ours ??= reason;
    killAll();
  };
  const cancel = (): void => {
    giveUp.abort();
    end('cancelled');
  };
  const watchMemory = (): void => {
    after(MEMORY_POLL_MS, () => {
      void launch?.ranOutOfMemory?.().then((out) => {
        if (out) end('out-of-memory');
        else if (!ended) watchMemory();
      });
    });
  };
  const watch = (streams: ProcessStreams): void => {
    if (process.timeoutMs !== undefined) {
      after(process.timeoutMs, () => {
        ours ??= 'timed-out';
        kill('SIGTERM');
        after(graceMs, killAll);
      });
    }
    if (launch?.ranOutOfMemory !== undefined) watchMemory();
    if (process.outputLimitBytes !== undefined) {
      watchOutput([streams.stdout, streams.stderr], process.outputLimitBytes, () => end('output-limit'));
    }
  };
  process.signal?.addEventListener('abort', cancel, { once: true });

  const run = async (): Promise<ProcessExit> => {
    const letGo = holdStreams([process.stdin ?? 'ignore', process.stdout, process.stderr]);
    try {
      launch = await launching;
      if (killed) launch.kill();
      void launch.streams.then((streams) => streams && watch(streams));
      const delivered = relayStreams(process, launch, giveUp.signal);
      letGo();
      let settlement: Settlement;
      let last: LaunchEnd;
      try {
        last = await launch.ended;
      } finally {
        ended = true;
        for (const timer of timers) clearTimeout(timer);
        settlement = await launch.settle();
      }
      const output = await delivered;
      const status = killed ? KILLED_STATUS : statusOf(last);
      if (!killed && status !== 0 && status !== KILLED_STATUS && (last.errors !== '' || !output.connected))
        throw notStarted(last);
      const reason = ours ?? reasonOf(status, settlement, last);
      return {
        status: reason === 'timed-out' ? TIMED_OUT_STATUS : status,
        timedOut: reason === 'timed-out',
        cancelled: reason === 'cancelled',
        durationMs: performance.now() - startedAt,
        reason,
        usage: settlement.usage,
      };
    } finally {
      ended = true;
      letGo();
      process.signal?.removeEventListener('abort', cancel);
    }
  };
  return { exit: run(), kill };
}

function watchOutput(streams: readonly Socket[], limitBytes: number, exceeded: () => void): void {
  let written = 0;
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      written += chunk.length;
      if (written > limitBytes) exceeded();
    });
  }
}

/** Init passes on how its child ended as a shell does, so a status over 128 is taken for a signal. */
function reasonOf(status: number, { outOfMemory }: Settlement, { free }: LaunchEnd): ExitReason {
  if (status === 0) return 'exited';
  if (outOfMemory) return 'out-of-memory';
  if (isFull(free)) return 'disk-full';
  return status > 128 ? 'signalled' : 'exited';
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
