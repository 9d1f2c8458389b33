import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../core/contracts/host.js';
import type { BuildServices, PlatformInfo } from '../../../core/contracts/platform-adapter.js';
import { runTool, type ToolResult } from '../../../core/process/run-tool.js';
import { type IndexPaths, indexPaths, renderAptConfig } from './apt-config.js';
import { aptFailure } from './apt-errors.js';
import {
  type ArchiveSource,
  isInlineKey,
  renderCredentials,
  renderSources,
  splitCredentials,
} from './archive-source.js';
import { type HostApt, proxyEnvironment } from './host-apt.js';

/** The package lists of one release, at one time. Never changed once it is there, so readers need no lock. */
export interface AptIndex {
  readonly release: string;
  readonly sources: readonly ArchiveSource[];
  readonly paths: IndexPaths;
  /** What an apt command needs to use it. */
  readonly env: Readonly<Record<string, string>>;
}

export interface IndexRequest {
  readonly host: Host;
  readonly apt: HostApt;
  readonly platform: PlatformInfo;
  readonly release: string;
  readonly sources: readonly ArchiveSource[];
  /** Directory of all indexes. */
  readonly cacheDir: string;
  /** Older lists are fetched again. */
  readonly maxAgeMs: number;
  readonly services: BuildServices;
}

const STALE_GENERATION_MS = 24 * 60 * 60 * 1000;
const MISSING_RELEASE = /The repository '(\S+) (\S+) Release' (?:does not have|no longer has) a Release file/g;

/**
 * The current lists of a release, fetched if they are too old. Each fetch makes a new generation of the index and then
 * points `current` at it by rename. Undefined when the mirrors do not have the release.
 */
export async function openIndex(request: IndexRequest): Promise<AptIndex | undefined> {
  const home = join(request.cacheDir, indexName(request));
  await mkdir(home, { recursive: true });
  const current = await readlink(join(home, 'current')).catch(() => undefined);
  if (current !== undefined) {
    const fetched = await stat(join(home, current, 'complete')).catch(() => undefined);
    const ageMs = request.host.now().getTime() - (fetched?.mtimeMs ?? 0);
    if (fetched !== undefined && ageMs >= -60_000 && ageMs < request.maxAgeMs)
      return load(request, join(home, current));
  }
  return fetchIndex(request, home, current === undefined ? undefined : join(home, current));
}

function indexName({ platform, release, sources, apt }: IndexRequest): string {
  const text = JSON.stringify([apt, sources.map((s) => [s, [...s.options]])]);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${platform.distribution}-${release}-${platform.architecture}-${hash}`;
}

async function load(request: IndexRequest, directory: string): Promise<AptIndex> {
  const paths = indexPaths(directory);
  const served = new Set(JSON.parse(await readFile(join(directory, 'complete'), 'utf8')));
  const prepared = await prepareSources(request, paths);
  return {
    release: request.release,
    sources: prepared.sources.filter((source) => served.has(sourceKey(source))),
    paths,
    env: { ...proxyEnvironment(request.host), APT_CONFIG: paths.config },
  };
}

async function fetchIndex(request: IndexRequest, home: string, previous?: string): Promise<AptIndex | undefined> {
  const { release, services, host, apt, platform } = request;
  const name = `${host.now().getTime()}-${randomBytes(4).toString('hex')}`;
  const paths = indexPaths(join(home, name));
  services.progress(`fetching the package index of ${release}`);
  try {
    for (const directory of ['lists/partial', 'cache/archives/partial', 'keys', 'log']) {
      await mkdir(join(paths.directory, directory), { recursive: true });
    }
    // Bound into roots, whose users are others than ours.
    await chmod(paths.lists, 0o755);
    const { sources, credentials } = await prepareSources(request, paths);
    const hostNetrc = await readFile(apt.netrc, 'utf8').catch(() => '');
    await writeFile(paths.netrc, `${hostNetrc}\n${credentials}`, { mode: 0o600 });
    await writeFile(paths.config, renderAptConfig(apt, paths, platform.architecture), { mode: 0o600 });
    await writeFile(join(paths.directory, 'status'), '');
    if (previous !== undefined) await linkFiles(join(previous, 'lists'), paths.lists);
    const env = { ...proxyEnvironment(host), APT_CONFIG: paths.config };
    const served = await update(request, paths, env, sources);
    if (served === undefined) {
      await rm(paths.directory, { recursive: true, force: true });
      return undefined;
    }
    await writeFile(join(paths.directory, 'complete'), JSON.stringify(served.map(sourceKey)));
    await pointAt(home, name);
    await removeStale(home, name, host);
    return { release, sources: served, paths, env };
  } catch (error) {
    await rm(paths.directory, { recursive: true, force: true });
    throw error;
  }
}

/** Suites that the mirror does not have (a release without -security yet) are left out, once; the release itself must be there. */
async function update(
  request: IndexRequest,
  paths: IndexPaths,
  env: Readonly<Record<string, string>>,
  sources: readonly ArchiveSource[],
): Promise<readonly ArchiveSource[] | undefined> {
  const { release, services } = request;
  let wanted = sources;
  for (;;) {
    await writeFile(paths.sourceList, renderSources(wanted));
    const result = await runTool({
      argv: ['apt-get', 'update', '-q'],
      env,
      signal: services.signal,
      onLine: (line) => services.log(line),
    });
    if (isUpdated(result)) return wanted;
    const missing = new Set(
      [...result.output.matchAll(MISSING_RELEASE)].map(([, uri, suite]) => `${trim(uri ?? '')} ${suite}`),
    );
    const left = wanted.filter((source) => !missing.has(`${trim(source.uri)} ${source.suite}`));
    if (left.length < wanted.length && !left.some((source) => source.suite === release)) return undefined;
    if (left.length === wanted.length)
      throw aptFailure(`fetching the package index of ${release}`, result.output, paths.directory);
    const names = wanted.filter((source) => !left.includes(source)).map((source) => source.suite);
    services.log(`not served by the mirror, left out: ${names.join(', ')}`);
    wanted = left;
  }
}

/** Older versions of apt leave with status 0 when an index could not be had. */
function isUpdated(result: ToolResult): boolean {
  return result.status === 0 && !/^[WE]: (Failed to fetch|Some index files failed)/m.test(result.output);
}

async function prepareSources(
  { sources }: IndexRequest,
  paths: IndexPaths,
): Promise<{ readonly sources: readonly ArchiveSource[]; readonly credentials: string }> {
  const split = sources.map(splitCredentials);
  const prepared = await Promise.all(
    split.map(async ({ source }) => ({
      ...source,
      signedBy: await Promise.all(source.signedBy.map((key) => (isInlineKey(key) ? storeKey(key, paths) : key))),
    })),
  );
  const credentials = renderCredentials(split.flatMap((s) => (s.credentials === undefined ? [] : [s.credentials])));
  return { sources: prepared, credentials };
}

async function storeKey(key: string, paths: IndexPaths): Promise<string> {
  const path = join(paths.keys, `${createHash('sha256').update(key).digest('hex').slice(0, 16)}.asc`);
  await writeFile(path, `${key}\n`);
  return path;
}

async function linkFiles(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isFile() && entry.name !== 'lock') await link(join(from, entry.name), join(to, entry.name));
  }
}

async function pointAt(home: string, name: string): Promise<void> {
  const temporary = join(home, `current-${name}`);
  await symlink(name, temporary);
  await rename(temporary, join(home, 'current'));
}

/** A build that still reads an old generation is younger than a day. */
async function removeStale(home: string, current: string, host: Host): Promise<void> {
  for (const name of await readdir(home)) {
    const madeAt = Number(/^(?:current-)?(\d+)-[0-9a-f]+$/.exec(name)?.[1] ?? Number.NaN);
    if (name !== current && host.now().getTime() - madeAt > STALE_GENERATION_MS) {
      await rm(join(home, name), { recursive: true, force: true });
    }
  }
}

function sourceKey(source: ArchiveSource): string {
  return `${trim(source.uri)} ${source.suite}`;
}

function trim(uri: string): string {
  return uri.replace(/\/+$/, '');
}
