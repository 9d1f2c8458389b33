import 'reflect-metadata';
import path from 'node:path';
import { MinimalRootMaker } from '../core/build/minimal-root.js';
import { createContainer, type Plugin } from '../core/container.js';
import { BASE_ROOT_MAKER, type BaseRootMaker } from '../core/contracts/base-root.js';
import type { Host } from '../core/contracts/host.js';
import { ISOLATOR, type Isolator } from '../core/contracts/isolator.js';
import type { Builder } from '../core/engine/builder.js';
import { Engine } from '../core/engine/engine.js';
import type { PluginPlace } from '../core/plugins/find-plugins.js';
import type { LoadedPlugins } from '../core/plugins/load-plugins.js';
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
  const { root = DEFAULT_ROOT, host = defaultHost(), plugins = [], project, trusted = [], ...rest } = options;
  const { loadPlugins: load } = await import('../core/plugins/load-plugins.js');
  const folders = [
    ...(project === undefined ? [] : [{ from: 'project', dir: path.resolve(project, PROJECT_PLUGINS) }]),
    { from: 'store', dir: path.join(root, 'plugins') },
  ];
  const beside = [...builtInPlugins, minimalRoot, ...plugins];
  return load({ ...rest, root, host, folders, beside, trusted: [0, process.getuid?.() ?? 0, ...trusted] });
}
