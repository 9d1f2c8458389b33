import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Host } from '../core/contracts/host.js';
import type { Builder } from '../core/engine/builder.js';
import type { Jobs } from '../core/engine/jobs.js';
import type { RejectedPlugin } from '../core/plugins/load-plugins.js';
import type { LoadPluginsOptions } from '../plugins/index.js';

export const DEFAULT_STORE = '/opt/joblet';

export interface EngineOptions {
  /** The store's directory. @default '/opt/joblet' */
  readonly root?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface BuilderOptions extends EngineOptions {
  /** Called for each plugin of a third party that cannot be used. @default plugins of third parties are not even looked for */
  readonly onRejected?: (plugin: RejectedPlugin) => void;
  readonly signal?: AbortSignal;
}

export type PluginSettings = LoadPluginsOptions & { readonly root: string };

export type OpenBuilder = (options: BuilderOptions) => Promise<Builder>;
export type OpenJobs = (options: EngineOptions) => Promise<Jobs>;

/** The engine is loaded here and not before, so that help and usage errors stay quick. */
export const openBuilder: OpenBuilder = async (options) => {
  const { createBuilder, loadPlugins } = await import('../plugins/index.js');
  const { onRejected, signal } = options;
  if (onRejected === undefined) return createBuilder(settings(options));
  const found = await loadPlugins({ ...(await pluginSettings(options)), ...(signal === undefined ? {} : { signal }) });
  for (const one of found.rejected) onRejected(one);
  return createBuilder({ ...settings(options), plugins: found.plugins });
};

/** For `loadPlugins`. */
export async function pluginSettings(options: EngineOptions): Promise<PluginSettings> {
  const [{ loadConfig }, { pluginPlaces }] = await Promise.all([
    import('../core/config/load-config.js'),
    import('./third-party.js'),
  ]);
  const engine = settings(options);
  const { plugins } = await loadConfig(engine.root);
  return {
    ...engine,
    ...pluginPlaces({ host: engine.host, project: plugins.project ? currentDirectory() : undefined }),
  };
}

function currentDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    // Somebody removed it.
    return undefined;
  }
}

/** Loads only what jobs need. */
export const openJobs: OpenJobs = async (options) => {
  const { createJobs } = await import('../plugins/jobs.js');
  return createJobs(settings(options));
};

export function settings({ root = DEFAULT_STORE, env }: EngineOptions): { readonly root: string; readonly host: Host } {
  return { root: resolve(root), host: { env, home: env['HOME'] || homeOfUser(), now: () => new Date() } };
}

/** A user without an entry in the password file has no home; it has no configuration there either. */
function homeOfUser(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}
