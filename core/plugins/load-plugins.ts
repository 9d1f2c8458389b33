import { pathToFileURL } from 'node:url';
import { createContainer, type Plugin } from '../container.js';
import type { Host } from '../contracts/host.js';
import { ID_MAP } from '../contracts/id-map.js';
import type { JobletPlugin } from '../contracts/plugin.js';
import { cancelled } from '../errors/errors.js';
import { checkSketch, isShape } from './check-sketch.js';
import { explainFailure } from './explain-failure.js';
import { type FoundPlugin, findPlugins, type PluginPlace, readPlugin } from './find-plugins.js';
import { importModule } from './import-module.js';
import { linkPeer } from './peer-link.js';
import { contentsOf, type PluginContents } from './plugin-contents.js';
import { asPlugin } from './register-plugin.js';
import { type PluginSketch, sketchPlugin } from './sketch-plugin.js';
import { TakenIds } from './taken-ids.js';

/** A plugin that is used: what it is and what it brings. */
export interface LoadedPlugin extends PluginIdentity {
  /** The file that is loaded. */
  readonly module: string;
  readonly contents: PluginContents;
}

/** A plugin that is not used, and every reason for it. */
export interface RejectedPlugin extends PluginIdentity {
  readonly problems: readonly string[];
}

export interface PluginIdentity {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Where it was found: `project`, `store`, … */
  readonly from: string;
  readonly dir: string;
}

export interface LoadedPlugins {
  /** For `createBuilder`. */
  readonly plugins: readonly Plugin[];
  readonly loaded: readonly LoadedPlugin[];
  readonly rejected: readonly RejectedPlugin[];
}

export interface LoadOptions {
  readonly root: string;
  readonly host: Host;
  /** What is there before: the built-in plugins and the caller's own. */
  readonly beside: readonly Plugin[];
  /** Folders of packages. Of two packages with one name, that of the earlier place counts. */
  readonly folders: readonly PluginPlace[];
  /** Single packages. */
  readonly packages?: readonly PluginPlace[];
  /** A package that is about to come, in place of the one in its name that is there. */
  readonly candidate?: PluginPlace;
  /** Users whose code is run. @default root and the user of this process */
  readonly trusted?: readonly number[];
  /** How long one plugin may take to be loaded. @default 20 s */
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal;
}

const TIME_LIMIT_MS = 20_000;

/**
 * Finds plugins, looks at each in a process of its own, and loads those that keep the contract and bring nothing that is taken.
 * Never rejects for a plugin's sake: what is wrong with one is in `rejected`. Throws E_CANCELLED.
 */
export async function loadPlugins(options: LoadOptions): Promise<LoadedPlugins> {
  const { folders, signal, timeLimitMs = TIME_LIMIT_MS } = options;
  const found = findAll(options);
  if (found.length === 0) return { plugins: [], loaded: [], rejected: [] };
  for (const { from, dir } of folders) if (found.some((one) => one.from === from)) linkPeer(dir);

  const container = createContainer({ root: options.root, host: options.host, plugins: options.beside });
  const taken = new TakenIds(container);
  const { env, home } = options.host;
  const facts = { host: { env, home }, ids: container.resolve(ID_MAP), storeRoot: options.root };
  const sketches = await Promise.all(
    found.map(({ entry }) =>
      'problem' in entry
        ? undefined
        : sketchPlugin({ url: pathToFileURL(entry.file).href, facts, timeLimitMs, ...(signal ? { signal } : {}) }),
    ),
  );
  if (signal?.aborted) throw cancelled(signal.reason);

  const loaded: LoadedPlugin[] = [];
  const rejected: RejectedPlugin[] = [];
  const plugins: Plugin[] = [];
  for (const [index, one] of found.entries()) {
    const result = await admit(judge(one, sketches[index], taken, loaded), timeLimitMs);
    if ('problems' in result) {
      rejected.push({ ...identityOf(one), ...result });
      continue;
    }
    const { plugin, ...facts } = result;
    taken.add({ owner: one.name, contents: facts.contents });
    loaded.push({ ...identityOf(one), ...facts });
    plugins.push(asPlugin(plugin));
  }
  return { plugins, loaded, rejected };
}

function findAll({ folders, packages = [], candidate, trusted = [0, process.getuid?.() ?? 0] }: LoadOptions) {
  const there = [
    ...folders.flatMap((place) => findPlugins(place, trusted)),
    ...packages.map((place) => readPlugin(place, trusted)),
  ];
  if (candidate === undefined) return there;
  const coming = readPlugin(candidate, trusted);
  return [...there.filter(({ name }) => name !== coming.name), coming];
}

interface Refused {
  readonly problems: readonly string[];
}

type Judged = Pick<LoadedPlugin, 'contents' | 'module'>;

function judge(
  one: FoundPlugin,
  sketch: PluginSketch | undefined,
  taken: TakenIds,
  loaded: readonly LoadedPlugin[],
): Refused | Judged {
  const same = loaded.find(({ name }) => name === one.name);
  if (same !== undefined) return { problems: [`there is one of that name already, in ${same.dir}`] };
  if ('problem' in one.entry) return { problems: [one.entry.problem] };
  if (sketch === undefined) return { problems: [] };
  if (sketch.kind === 'failed') return { problems: [explainFailure(sketch, one)] };
  const problems = checkSketch(sketch.sketch, one.name);
  if (problems.length > 0) return { problems };
  const shape: unknown = sketch.sketch;
  if (!isShape(shape)) return { problems: ['it is no plugin'] };
  const contents = contentsOf(shape);
  const conflicts = taken.conflicts(contents);
  return conflicts.length > 0 ? { problems: conflicts } : { contents, module: one.entry.file };
}

/** Imports what was looked at, in this process now. What it did there it may do otherwise here. */
async function admit(
  judged: Refused | Judged,
  timeLimitMs: number,
): Promise<Refused | (Judged & { readonly plugin: JobletPlugin })> {
  if ('problems' in judged) return judged;
  let timer: NodeJS.Timeout | undefined;
  try {
    const module = await Promise.race([
      importModule(pathToFileURL(judged.module).href),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('it does not end')), timeLimitMs);
      }),
    ]);
    const plugin = pluginOf(module);
    return plugin === undefined ? { problems: ['its module exports no plugin'] } : { ...judged, plugin };
  } catch (thrown) {
    return { problems: [`loading it failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`] };
  } finally {
    clearTimeout(timer);
  }
}

function pluginOf(module: unknown): JobletPlugin | undefined {
  if (typeof module !== 'object' || module === null) return undefined;
  const found: unknown =
    ('default' in module ? module.default : undefined) ?? ('plugin' in module ? module.plugin : undefined);
  return isPlugin(found) ? found : undefined;
}

/** The sketch of it was found to be one. */
function isPlugin(value: unknown): value is JobletPlugin {
  return isShape(value);
}

function identityOf({ entry: _entry, wants: _wants, ...identity }: FoundPlugin): PluginIdentity {
  return identity;
}
