import type { BuildServices } from '../contracts/platform-adapter.js';
import type { BuildEvent, BuildListener, PhaseRef } from '../events/build-event.js';
import type { BuildContext, BuildRequest } from './build-context.js';
import { type ResultKey, Results } from './result-key.js';
import { WORKSPACE } from './root-results.js';

export interface RunningBuildOptions {
  readonly request: BuildRequest;
  /** False: only phases that make nothing will run, so no work is started ahead. */
  readonly makes: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: BuildListener;
  now(): Date;
  /** Bytes that the store's file system has left. */
  freeBytes(): number;
}

/** The state of one build: its results, its events, what it started ahead and what it must undo. */
export class RunningBuild implements BuildContext {
  readonly request: BuildRequest;
  readonly warnings: string[] = [];
  readonly #abort = new AbortController();
  readonly signal: AbortSignal = this.#abort.signal;
  readonly #results = new Results();
  readonly #cleanups: (() => Promise<void>)[] = [];
  readonly #ahead: Promise<unknown>[] = [];
  #phase: PhaseRef | undefined;

  constructor(private readonly options: RunningBuildOptions) {
    this.request = options.request;
    const outer = options.signal;
    if (outer?.aborted) this.#abort.abort(outer.reason);
    outer?.addEventListener('abort', () => this.#abort.abort(outer.reason), { once: true, signal: this.#abort.signal });
  }

  get<T>(key: ResultKey<T>): T {
    return this.#results.get(key);
  }

  find<T>(key: ResultKey<T>): T | undefined {
    return this.#results.find(key);
  }

  set<T>(key: ResultKey<T>, value: T): void {
    this.#results.set(key, value);
  }

  onEnd(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  startAhead<T>(key: ResultKey<Promise<T>>, work: (services: BuildServices) => Promise<T>): void {
    if (!this.options.makes) return;
    const started = work(this);
    // A failure belongs to the phase that awaits it; until then it must not count as unhandled.
    started.catch(() => undefined);
    this.#ahead.push(started);
    this.set(key, started);
  }

  enter(phase: PhaseRef): void {
    this.#phase = phase;
    this.emit({ type: 'phase-started', at: this.time(), phase });
  }

  // Own properties: services are handed on in parts and copies.
  readonly log = (line: string): void => {
    if (this.#phase) this.emit({ type: 'log', at: this.time(), phase: this.#phase, line });
  };

  readonly progress = (message: string): void => {
    if (this.#phase) this.emit({ type: 'progress', at: this.time(), phase: this.#phase, message });
  };

  readonly warn = (message: string): void => {
    this.warnings.push(message);
    if (this.#phase) this.emit({ type: 'warning', at: this.time(), phase: this.#phase, message });
  };

  readonly scratch = (name: string): Promise<string> => this.get(WORKSPACE).make(name);

  emit(event: BuildEvent): void {
    this.options.onEvent?.(event);
  }

  freeBytes(): number {
    return this.options.freeBytes();
  }

  time(): number {
    return this.options.now().getTime();
  }

  /** Ends what still runs and undoes what must not stay. */
  async close(): Promise<void> {
    this.#abort.abort(new Error('the build has ended'));
    await Promise.allSettled(this.#ahead);
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }
}
