import type { Socket } from 'node:net';
import type { IsolatedProcess, ProcessExit, RunningProcess } from '../../core/contracts/isolator.js';
import { identify } from '../../core/process/process-identity.js';
import { findMainProcess, sendGroupSignal } from './container-processes.js';
import type { Launch, LaunchEnd, ProcessStreams } from './launcher.js';
import { type OurReason, processExit, type Settlement } from './process-exit.js';
import { holdStreams, relayInput, relayOutput } from './stream-relay.js';

/** Between TERM and KILL after a timeout. */
export const GRACE_MS = 5000;

/** A signal that comes before the command runs is kept; this often it is looked whether it does. */
const START_POLL_MS = 2;

/** A version 1 control group has to be asked whether memory ran out. */
const MEMORY_POLL_MS = 100;

/** A launch with what was set up for it on the host. */
export interface SupervisedLaunch extends Launch {
  /** Asked now and then while it runs, where the kernel does not end all processes by itself when memory runs out. */
  ranOutOfMemory?(): Promise<boolean>;
  /** Once, after the end: what it used. Removes what was made for it, with what a start that failed halfway may have left. */
  settle(failed: boolean): Promise<Settlement>;
}

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
        settlement = await launch.settle((await launch.streams) === undefined);
      }
      const output = await delivered;
      return processExit({
        end: last,
        killed,
        connected: output.connected,
        settlement,
        durationMs: performance.now() - startedAt,
        ...(ours === undefined ? {} : { ours }),
      });
    } finally {
      ended = true;
      letGo();
      process.signal?.removeEventListener('abort', cancel);
    }
  };
  const started = launching.then(
    ({ pid }) => identify(pid),
    () => undefined,
  );
  return { exit: run(), kill, started };
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
  const { observe } = process;
  const output = Promise.all([
    relayOutput(stdout, process.stdout, observe && ((chunk) => observe('stdout', chunk))),
    relayOutput(stderr, process.stderr, observe && ((chunk) => observe('stderr', chunk))),
  ]);
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
