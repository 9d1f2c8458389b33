import type { BuildServices } from '../contracts/platform-adapter.js';
import type { ResultKey } from './result-key.js';

export interface BuildRequest {
  /** A runtime.yaml, or a folder that has runtime.yaml or runtime.yml. */
  readonly path: string;
  /** Rebuild a runtime that is there, hooks included. @default false */
  readonly force?: boolean;
}

/** What a phase sees of the running build. */
export interface BuildContext extends BuildServices {
  readonly request: BuildRequest;
  get<T>(key: ResultKey<T>): T;
  find<T>(key: ResultKey<T>): T | undefined;
  set<T>(key: ResultKey<T>, value: T): void;
  /** Runs at the end of the build, however it ends, last registered first. */
  onEnd(cleanup: () => Promise<void>): void;
  /**
   * Starts work now that a later phase awaits by the key. It is cancelled and awaited when the build ends early; a validation
   * does not start it.
   */
  startAhead<T>(key: ResultKey<Promise<T>>, work: (services: BuildServices) => Promise<T>): void;
}
