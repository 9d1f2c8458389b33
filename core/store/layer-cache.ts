import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { inject, injectable } from 'tsyringe';
import { ID_MAP, type IdMap } from '../contracts/id-map.js';
import type { Json } from '../contracts/language-pack.js';
import { buildStepFailed, notCached } from '../errors/errors.js';
import { hostTool } from '../process/host-tool.js';
import { acquireLock } from './file-lock.js';
import { StorePaths } from './store-paths.js';
import type { Workspace } from './workspace.js';

/** One step's change of a root, never altered once it is in the cache. */
export interface Layer {
  readonly key: string;
  /** What made it: `base`, `pre-install-hook`, … */
  readonly id: string;
  /** The files, as overlayfs keeps an upper directory. */
  readonly dir: string;
  /** What the step said of its result. */
  readonly data: Json;
}

export interface LayerRecipe {
  readonly key: string;
  readonly id: string;
  /** Fills `dir` (owned by id 0 of the store's range); `work` is an empty directory on the same file system. */
  build(dir: string, work: string): Promise<Json>;
}

/** Layers by the hash of all their inputs. Two builds that want the same one make it once. */
@injectable()
export class LayerCache {
  constructor(
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(ID_MAP) private readonly ids: IdMap,
  ) {}

  async find(key: string): Promise<Layer | undefined> {
    const home = path.join(this.paths.layers, key);
    if (!existsSync(path.join(home, 'layer.json'))) return undefined;
    const { id, data } = JSON.parse(await readFile(path.join(home, 'layer.json'), 'utf8')) as {
      id: string;
      data: Json;
    };
    // When it was last of use, for whoever frees space.
    await utimes(path.join(home, 'layer.json'), new Date(), new Date());
    return { key, id, data, dir: path.join(home, 'fs') };
  }

  /** From the cache, or made by the recipe. A failed recipe leaves nothing. */
  async obtain(
    recipe: LayerRecipe,
    options: { readonly workspace: Workspace; readonly signal: AbortSignal; readonly onWait?: () => void },
  ): Promise<{ readonly layer: Layer; readonly cached: boolean }> {
    const found = await this.find(recipe.key);
    if (found) return { layer: found, cached: true };
    const { sealedUntil } = options.workspace;
    if (sealedUntil !== undefined) throw notCached(recipe.id, sealedUntil);
    const lock = await acquireLock(this.paths.lock(`layer-${recipe.key}`), options);
    try {
      const made = await this.find(recipe.key);
      if (made) return { layer: made, cached: true };
      return { layer: await this.make(recipe, options.workspace), cached: false };
    } finally {
      await lock.release();
    }
  }

  private async make(recipe: LayerRecipe, workspace: Workspace): Promise<Layer> {
    const draft = await workspace.make(`layer-${recipe.id}`);
    const dir = path.join(draft, 'fs');
    const work = path.join(draft, 'work');
    for (const made of [dir, work]) await makeOwned(made, this.ids);
    const data = await recipe.build(dir, work);
    await clearSetIds(dir);
    await rm(work, { recursive: true, force: true });
    await writeFile(path.join(draft, 'layer.json'), JSON.stringify({ id: recipe.id, data }));
    await rename(draft, path.join(this.paths.layers, recipe.key));
    return { key: recipe.key, id: recipe.id, data, dir: path.join(this.paths.layers, recipe.key, 'fs') };
  }
}

async function makeOwned(dir: string, ids: IdMap): Promise<void> {
  await mkdir(dir);
  await chmod(dir, 0o755);
  await chown(dir, ids.hostStart, ids.hostStart);
}

/**
 * In a root they have no effect (no_new_privs, nosuid), but on the host a program of a runtime would lend its user the id that
 * owns the store's roots.
 */
async function clearSetIds(dir: string): Promise<void> {
  const cleared = await execa(
    'find',
    // From each directory: a hook may have made paths that are too long to be named at once.
    [dir, '-xdev', '-type', 'f', '-perm', '/6000', '-execdir', 'chmod', 'ug-s', '--', '{}', '+'],
    hostTool,
  );
  if (cleared.exitCode !== 0) throw buildStepFailed('set-id programs of a layer could not be disarmed', cleared.stderr);
}
