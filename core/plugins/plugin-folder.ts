import { lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { cancelled } from '../errors/errors.js';
import { pluginInvalid, pluginNotFound } from '../errors/plugin-errors.js';
import { makeDirectory } from '../store/store-paths.js';
import { fetchPackage } from './fetch-package.js';
import { findPlugins, type PluginPlace } from './find-plugins.js';
import { type LoadedPlugin, type LoadOptions, loadPlugins, type PluginIdentity } from './load-plugins.js';
import { linkPeer } from './peer-link.js';

/** What a change of a folder is held against: the plugins that are there, and the built-in ones. */
export type FolderOptions = LoadOptions & { readonly folder: PluginPlace };

/** Gets a package, checks it beside all other plugins, and puts it in the folder, over an older one. A failure changes nothing. */
export async function installPlugin(spec: string, options: FolderOptions): Promise<LoadedPlugin> {
  const { folder } = options;
  return withFetched(spec, options, async (dir) => {
    const checked = await checkPackage(dir, options);
    const target = path.join(folder.dir, checked.name);
    await mkdir(path.dirname(target), { recursive: true });
    const old = path.join(path.dirname(dir), 'old');
    await rename(target, old).catch(ignoreMissing);
    await rename(dir, target);
    return { ...checked, from: folder.from, dir: target };
  });
}

/** The same without putting it there. */
export function checkPlugin<T>(
  spec: string,
  options: FolderOptions,
  use: (plugin: LoadedPlugin) => Promise<T>,
): Promise<T> {
  return withFetched(spec, options, async (dir) => use(await checkPackage(dir, options)));
}

/** Removes a plugin of the folder, whatever is wrong with it. Throws E_PLUGIN_NOT_FOUND. */
export async function removePlugin(name: string, { folder }: Pick<FolderOptions, 'folder'>): Promise<PluginIdentity> {
  const there = findPlugins(folder, []);
  const found = there.find((one) => one.name === name);
  if (found === undefined)
    throw pluginNotFound(
      name,
      there.map((one) => one.name),
    );
  // Of a plugin that is linked, the link.
  await rm(found.dir, { recursive: !lstatSync(found.dir).isSymbolicLink() });
  const scope = path.dirname(found.dir);
  if (scope !== folder.dir && (await readdir(scope)).length === 0) await rmdir(scope);
  const { entry: _entry, wants: _wants, ...identity } = found;
  return identity;
}

async function withFetched<T>(
  spec: string,
  { folder, host, signal }: FolderOptions,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  await makeDirectory(folder.dir);
  linkPeer(folder.dir);
  const staging = await mkdtemp(path.join(folder.dir, '.staging-'));
  try {
    const dir = await fetchPackage({ spec, staging, env: host.env, ...(signal === undefined ? {} : { signal }) });
    return await use(dir);
  } catch (error) {
    throw signal?.aborted ? cancelled(error) : error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Loads the package as if it were in the folder. Throws E_PLUGIN_INVALID. */
async function checkPackage(dir: string, options: FolderOptions): Promise<LoadedPlugin> {
  const result = await loadPlugins({ ...options, candidate: { from: options.folder.from, dir } });
  const found = result.loaded.find((one) => one.dir === dir);
  if (found !== undefined) return found;
  const rejected = result.rejected.find((one) => one.dir === dir);
  throw pluginInvalid(rejected?.name ?? path.basename(dir), rejected?.problems ?? []);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
