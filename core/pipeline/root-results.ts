import type { BuildRoot } from '../build/build-root.js';
import type { IsolatedRoot } from '../build/isolated-root.js';
import type { Layer } from '../store/layer-cache.js';
import type { RootMeasures, UnmeasuredManifest } from '../store/runtime-manifest.js';
import type { Workspace } from '../store/workspace.js';
import { resultKey } from './result-key.js';

/** Written by the engine before phase 1 of a build that makes something, or of a validation. */
export const WORKSPACE = resultKey<Workspace>('workspace');

/** The base layer, begun in phase 4 and awaited in phase 5. */
export const BASE_AHEAD = resultKey<Promise<Layer>>('base-ahead');

/** What the packs fetch, begun in phase 4 and awaited in phase 8. */
export const PREFETCH_AHEAD = resultKey<Promise<void>>('prefetch-ahead');

/** Written by phase 5; phases 6 to 9 extend it. */
export const BUILD_ROOT = resultKey<BuildRoot>('build-root');

/** Written by phase 10; phases 11 and 12 add to it. */
export const ISOLATED_ROOT = resultKey<IsolatedRoot>('isolated-root');

/** Written by phase 13. */
export const MANIFEST = resultKey<UnmeasuredManifest>('manifest');

/** Begun in phase 13, awaited in phase 14. */
export const MEASURES = resultKey<Promise<RootMeasures>>('measures');
