import type { JobManifest, RuntimeManifest } from './runtime-manifest.js';

export interface InstalledRuntime {
  readonly name: string;
  readonly version: string;
  /** Absolute: `…/runtimes/NAME/VERSION`. */
  readonly path: string;
  /** The isolated root: `…/runtimes/NAME/VERSION/isolated`. */
  readonly rootPath: string;
  readonly manifest: RuntimeManifest;
}

/** The same with as much of the manifest as a job needs. */
export interface RuntimeForJob extends Omit<InstalledRuntime, 'manifest'> {
  readonly manifest: JobManifest;
}
