import type { JobManifest, RuntimeManifest } from './runtime-manifest.js';

/** A runtime by its place in the store; its runtime.yml may be damaged. */
export interface RuntimeLocation {
  readonly name: string;
  readonly version: string;
  /** Absolute: `…/runtimes/NAME/VERSION`. */
  readonly path: string;
}

export interface InstalledRuntime extends RuntimeLocation {
  /** The isolated root: `…/runtimes/NAME/VERSION/isolated`. */
  readonly rootPath: string;
  readonly manifest: RuntimeManifest;
}

/** The same with as much of the manifest as a job needs. */
export interface RuntimeForJob extends Omit<InstalledRuntime, 'manifest'> {
  readonly manifest: JobManifest;
}

/** A runtime whose files stay, whatever replaces or removes it, until it is released. */
export interface RuntimeUse<R = InstalledRuntime> {
  /** `rootPath` is the one in use, also when a rebuild has taken its place. */
  readonly runtime: R;
  /** Holds the files too, in a process that inherits it and outlives this one. Undefined for a runtime that cannot be held. */
  readonly descriptor: number | undefined;
  /** Once is enough; more do no harm. */
  release(): void;
}
