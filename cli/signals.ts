import { constants } from 'node:os';

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** The signals that ask a program to end. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface Cancellation {
  readonly signal: AbortSignal;
  /** 128 + the number of the first signal, as a shell says it. */
  exitStatus(): number | undefined;
  release(): void;
}

/**
 * Turns the first signal into an abort. Later ones change nothing: ending at once would leave behind what the
 * cleanup is about to undo.
 */
export function cancelOnSignals(source: SignalSource, onSignal: (repeated: boolean) => void): Cancellation {
  const controller = new AbortController();
  let first: NodeJS.Signals | undefined;
  const listener = (signal: NodeJS.Signals) => {
    onSignal(first !== undefined);
    first ??= signal;
    controller.abort();
  };
  for (const signal of ENDING) source.on(signal, listener);
  return {
    signal: controller.signal,
    exitStatus: () => (first === undefined ? undefined : 128 + constants.signals[first]),
    release: () => {
      for (const signal of ENDING) source.off(signal, listener);
    },
  };
}

/** The signals that a job gets from whoever called `rnx`. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

export interface Forwarding {
  /** Sends what came until now, and from now on whatever comes. */
  to(kill: (signal: NodeJS.Signals) => void): void;
  release(): void;
}

/** From this call on, these signals no longer end this process: they are the job's, also those that come while it starts. */
export function forwardSignals(source: SignalSource): Forwarding {
  const early: NodeJS.Signals[] = [];
  let receiver: ((signal: NodeJS.Signals) => void) | undefined;
  const listener = (signal: NodeJS.Signals) => {
    if (receiver === undefined) early.push(signal);
    else receiver(signal);
  };
  for (const signal of FORWARDED) source.on(signal, listener);
  return {
    to: (kill) => {
      receiver = kill;
      for (const signal of early.splice(0)) kill(signal);
    },
    release: () => {
      for (const signal of FORWARDED) source.off(signal, listener);
    },
  };
}
