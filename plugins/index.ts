import 'reflect-metadata';
import path from 'node:path';
import { MinimalRootMaker } from '../core/build/minimal-root.js';
import { createContainer, type Plugin } from '../core/container.js';
import { BASE_ROOT_MAKER, type BaseRootMaker } from '../core/contracts/base-root.js';
import type { Host } from '../core/contracts/host.js';
import { ISOLATOR, type Isolator } from '../core/contracts/isolator.js';
import { PACK } from '../core/contracts/language-pack.js';
import { PHASE } from '../core/contracts/phase.js';
import { PLATFORM } from '../core/contracts/platform-adapter.js';
import { TOOLCHAIN_SOURCE } from '../core/contracts/toolchain-source.js';
import type { Builder } from '../core/engine/builder.js';
import { Engine } from '../core/engine/engine.js';
import { usageError } from '../core/errors/errors.js';
import type { PluginPlace } from '../core/plugins/find-plugins.js';
import type { LoadedPlugin, LoadedPlugins, LoadOptions, PluginIdentity } from '../core/plugins/load-plugins.js';
import type { PluginContents } from '../core/plugins/plugin-contents.js';
import type { FolderOptions } from '../core/plugins/plugin-folder.js';
import { builtInPlugins } from './built-in.js';

export * from '../core/index.js';
export type { PluginPlace } from '../core/plugins/find-plugins.js';
export type * from '../core/plugins/load-plugins.js';
export type { PluginContents } from '../core/plugins/plugin-contents.js';
export { builtInPlugins };

export interface BuilderOptions {
  /** The store. @default '/opt/joblet' */
  readonly root?: string;
  /** What the engine knows of its surroundings: proxies, pip's configuration. @default an empty environment, home /root */
  readonly host?: Host;
  /** Sandboxes that are kept prepared, so that jobs like the last one start sooner. Call `close` in the end. @default 0 */
  readonly readySandboxes?: number;
  /** Registered after the built-in ones: more phases, packs, platforms, or another isolator. */
  readonly plugins?: readonly Plugin[];
}

const DEFAULT_ROOT = '/opt/joblet';

function defaultHost(): Host {
  return { env: {}, home: '/root', now: () => new Date() };
}

/** What makes a store's minimal root, for an engine of jobs alone. */
export function createBaseRootMaker(options: { readonly root: string; readonly host: Host }): BaseRootMaker {
  return createContainer({ ...options, plugins: [...builtInPlugins, minimalRoot] }).resolve(MinimalRootMaker);
}

const minimalRoot: Plugin = (container) => {
  container.register(BASE_ROOT_MAKER, { useClass: MinimalRootMaker });
};

/**
 * An engine over one store: the same one that `rnx` uses. Engines share nothing but the store, and that is safe to share.
 * Building and running need root; validating a spec's text does not.
 */
export function createBuilder(options: BuilderOptions = {}): Builder {
  const host = options.host ?? defaultHost();
  const plugins = [...builtInPlugins, minimalRoot, ...(options.plugins ?? [])];
  const container = createContainer({ root: options.root ?? DEFAULT_ROOT, host, plugins });
  const { readySandboxes = 0 } = options;
  if (readySandboxes > 0) void container.resolve<Isolator>(ISOLATOR).keepReady?.(readySandboxes);
  return container.resolve(Engine);
}

/** Where a project has plugins of its own. */
export const PROJECT_PLUGINS = '.joblet/plugins';

export interface LoadPluginsOptions extends Pick<BuilderOptions, 'root' | 'host' | 'plugins'> {
  /** The directory of a project: the packages in its `.joblet/plugins` are found before the store's. @default none */
  readonly project?: string;
  /** More places: packages, one by one. */
  readonly packages?: readonly PluginPlace[];
  /** Users, by their ids, whose code is run beside root's and this process's own. */
  readonly trusted?: readonly number[];
  /** How long one plugin may take to be loaded. @default 20 s */
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The plugins of third parties, for `createBuilder({ plugins })`: from the project's folder, from the store's `plugins`, and from
 * `packages`. One that is broken is left out and named in `rejected`. Each is looked at in a process of its own first.
 */
export async function loadPlugins(options: LoadPluginsOptions = {}): Promise<LoadedPlugins> {
  const { loadPlugins: load } = await import('../core/plugins/load-plugins.js');
  return load(loadOptions(options));
}

/** What comes with joblet, as a plugin's contents are listed. */
export function builtInContents(): PluginContents {
  const container = createContainer({
    root: DEFAULT_ROOT,
    host: defaultHost(),
    plugins: [...builtInPlugins, minimalRoot],
  });
  return {
    packs: container.resolveAll(PACK),
    phases: container.resolveAll(PHASE),
    wraps: [],
    platforms: container.resolveAll(PLATFORM).map(({ family }) => family),
    toolchainSources: container.resolveAll(TOOLCHAIN_SOURCE).map(({ id }) => id),
  };
}

/** Which of the two plugin folders: the store's, or the project's. */
export type PluginFolder = 'store' | 'project';

/**
 * Gets a package by the host's npm, from a folder, a tarball or the registry, without running its scripts, checks it beside all
 * other plugins, and puts it in the folder. Throws E_PLUGIN_INVALID, E_PLUGIN_INSTALL, E_NETWORK; then nothing is changed.
 */
export async function installPlugin(
  spec: string,
  options: LoadPluginsOptions & { readonly into?: PluginFolder } = {},
): Promise<LoadedPlugin> {
  const { installPlugin: install } = await import('../core/plugins/plugin-folder.js');
  return install(spec, folderOptions(options, options.into));
}

/** Gets a package and checks it as `installPlugin` does, lets `use` have it, and removes it. */
export async function checkPlugin<T>(
  spec: string,
  options: LoadPluginsOptions,
  use: (plugin: LoadedPlugin) => Promise<T>,
): Promise<T> {
  const { checkPlugin: check } = await import('../core/plugins/plugin-folder.js');
  return check(spec, folderOptions(options), use);
}

/** Throws E_PLUGIN_NOT_FOUND. */
export async function removePlugin(
  name: string,
  options: LoadPluginsOptions & { readonly from?: PluginFolder } = {},
): Promise<PluginIdentity> {
  const { removePlugin: remove } = await import('../core/plugins/plugin-folder.js');
  return remove(name, folderOptions(options, options.from));
}

function loadOptions(options: LoadPluginsOptions): LoadOptions {
  const { root = DEFAULT_ROOT, host = defaultHost(), plugins = [], project, trusted = [], ...rest } = options;
  const { packages, timeLimitMs, signal } = rest;
  return {
    root,
    host,
    folders: [
      ...(project === undefined ? [] : [{ from: 'project', dir: path.resolve(project, PROJECT_PLUGINS) }]),
      { from: 'store', dir: path.join(root, 'plugins') },
    ],
    beside: [...builtInPlugins, minimalRoot, ...plugins],
    trusted: [0, process.getuid?.() ?? 0, ...trusted],
    ...(packages === undefined ? {} : { packages }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function folderOptions(options: LoadPluginsOptions, which: PluginFolder = 'store'): FolderOptions {
  const all = loadOptions(options);
  const folder = all.folders.find(({ from }) => from === which);
  if (folder === undefined) throw usageError('there is no project', 'name its directory');
  return { ...all, folder };
}
