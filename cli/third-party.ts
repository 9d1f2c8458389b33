import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../core/contracts/host.js';
import type { PluginPlace } from '../core/plugins/find-plugins.js';

/** Where `rnx` looks for plugins of third parties beside the store. */
export interface PluginPlaces {
  readonly project?: string;
  readonly packages: readonly PluginPlace[];
  readonly trusted: readonly number[];
}

export interface PlaceOptions {
  readonly host: Pick<Host, 'env' | 'home'>;
  /** The directory that `rnx` is started in, unless it is gone or the configuration leaves it out. */
  readonly project: string | undefined;
}

export function pluginPlaces({ host, project }: PlaceOptions): PluginPlaces {
  // With sudo, the files of a project are its user's, who may do all that root may anyway.
  const sudoUser = Number(host.env['SUDO_UID'] ?? Number.NaN);
  return {
    ...(project === undefined ? {} : { project }),
    packages: oclifPlugins(host),
    trusted: Number.isInteger(sudoUser) ? [sudoUser] : [],
  };
}

/**
 * The packages that oclif's plugin manager has installed or linked for `rnx`: oclif lists them in the package.json of its data
 * directory. Those that are no plugins of joblet only bring commands, which oclif itself loads.
 */
function oclifPlugins({ env, home }: PlaceOptions['host']): readonly PluginPlace[] {
  const data = env['RNX_DATA_DIR'] ?? path.join(env['XDG_DATA_HOME'] || path.join(home, '.local/share'), 'rnx');
  const listed = readJson(path.join(data, 'package.json'));
  const plugins = isRecord(listed) && isRecord(listed['oclif']) ? listed['oclif']['plugins'] : undefined;
  if (!Array.isArray(plugins)) return [];
  return plugins.flatMap((one: unknown) => {
    if (!isRecord(one) || typeof one['name'] !== 'string') return [];
    const dir = typeof one['root'] === 'string' ? one['root'] : path.join(data, 'node_modules', one['name']);
    const manifest = readJson(path.join(dir, 'package.json'));
    const keywords = isRecord(manifest) ? manifest['keywords'] : undefined;
    return Array.isArray(keywords) && keywords.includes('joblet-plugin') ? [{ from: 'oclif', dir }] : [];
  });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
