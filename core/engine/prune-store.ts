import { existsSync, realpathSync } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RuntimeStore } from '../store/runtime-store.js';
import type { StorePaths } from '../store/store-paths.js';
import { openWorkspace, sweepWorkspaces } from '../store/workspace.js';

/** Frees dead builds, generations of runtimes that nothing uses, and layers that no build wanted since `before`. */
export async function pruneStore(
  paths: StorePaths,
  runtimes: RuntimeStore,
  before: Date | undefined,
): Promise<{ readonly layers: number; readonly building: boolean }> {
  if (!existsSync(paths.builds)) return { layers: 0, building: false };
  await sweepWorkspaces(paths);
  // A build has the layers that it works on mounted: none is taken while there is one.
  const building = (await readdir(paths.builds)).length > 0;
  const workspace = await openWorkspace(paths);
  try {
    await runtimes.sweep(workspace);
    if (building) return { layers: 0, building };
    const kept = minimalRootLayer(paths);
    let layers = 0;
    for (const key of await readdir(paths.layers).catch(() => [])) {
      const layer = path.join(paths.layers, key);
      // Touched at each use.
      const { mtime } = await stat(path.join(layer, 'layer.json')).catch(() => ({ mtime: new Date(0) }));
      if (layer === kept || (before !== undefined && mtime >= before)) continue;
      await rename(layer, path.join(workspace.dir, `layer-${key}`));
      layers++;
    }
    return { layers, building };
  } finally {
    await workspace.close();
  }
}

function minimalRootLayer(paths: StorePaths): string | undefined {
  try {
    return path.join(paths.layers, path.basename(path.dirname(realpathSync(paths.baseRoot))));
  } catch {
    return undefined;
  }
}
