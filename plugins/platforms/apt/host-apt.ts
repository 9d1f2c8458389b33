import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../core/contracts/host.js';
import { buildStepFailed } from '../../../core/errors/errors.js';
import { runTool } from '../../../core/process/run-tool.js';
import type { ArchiveSource } from './archive-source.js';
import { parseDeb822, parseOneLine } from './parse-sources.js';

/** The host's apt, as far as it says how to reach its archives. Only read. */
export interface HostApt {
  /** `Acquire::…` settings, in order, without those that choose what is fetched. */
  readonly acquire: readonly AptSetting[];
  readonly sources: readonly ArchiveSource[];
  readonly trusted: string;
  readonly trustedParts: string;
  readonly netrc: string;
  readonly netrcParts: string;
}

export interface AptSetting {
  readonly name: string;
  readonly value: string;
}

/** What our own configuration decides, whatever the host says. */
const OWN =
  /^Acquire::(IndexTargets|Changelogs|Languages|cdrom|CompressionTypes|GzipIndexes|ForceHash|PDiffs|Queue-Mode)\b/i;

/** Settings that take a check away, with the values that do so. */
const WEAKENING: readonly (readonly [RegExp, RegExp])[] = [
  [/^Acquire::Check-(Valid-Until|Date)$/i, /^(false|no|0|off)$/i],
  [/^Acquire::Allow(Insecure|Weak|DowngradeToInsecure)Repositories$/i, /^(true|yes|1|on)$/i],
  [/^Acquire::https::.*Verify-(Peer|Host)$/i, /^(false|no|0|off)$/i],
];

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'];

/** The proxy variables of the caller's environment, as apt reads them. */
export function proxyEnvironment(host: Host): Readonly<Record<string, string>> {
  const names = PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = host.env[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

export function weakenedChecks(apt: HostApt): readonly string[] {
  const settings = apt.acquire
    .filter(({ name, value }) => WEAKENING.some(([n, v]) => n.test(name) && v.test(value)))
    .map(({ name, value }) => `${name} "${value}"`);
  const sources = apt.sources
    .filter((source) => /^(yes|true|1)$/i.test(source.options.get('trusted') ?? ''))
    .map((source) => `[trusted=yes] for ${source.uri} ${source.suite}`);
  return [...settings, ...sources];
}

/** Reads `apt-config dump` and the sources that it names. Honours the caller's APT_CONFIG, as apt itself would. */
export async function readHostApt(host: Host, architecture: string, signal: AbortSignal): Promise<HostApt> {
  const config = host.env['APT_CONFIG'];
  const result = await runTool({
    argv: ['apt-config', 'dump'],
    env: config === undefined ? {} : { APT_CONFIG: config },
    signal,
  });
  if (result.status !== 0) {
    throw buildStepFailed("the host's apt configuration cannot be read", result.tail, { stderrTail: result.tail });
  }
  const settings = parseDump(result.stdout);
  const directory = directories(settings);
  return {
    acquire: settings.filter(({ name }) => /^Acquire::/i.test(name) && !OWN.test(name)),
    sources: await readSources(directory('Dir::Etc::sourcelist'), directory('Dir::Etc::sourceparts'), architecture),
    trusted: directory('Dir::Etc::trusted'),
    trustedParts: directory('Dir::Etc::trustedparts'),
    netrc: directory('Dir::Etc::netrc'),
    netrcParts: directory('Dir::Etc::netrcparts'),
  };
}

function parseDump(text: string): readonly AptSetting[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\S+) "(.*)";$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined || match[2] === '' || match[2].includes('"')) return [];
    return [{ name: match[1], value: match[2] }];
  });
}

/** apt's rule: an item without a leading slash is below its parent (`Dir::Etc`, then `Dir`). */
function directories(settings: readonly AptSetting[]): (name: string) => string {
  const values = new Map(settings.map(({ name, value }) => [name.toLowerCase(), value]));
  return function absolute(name: string): string {
    const value = values.get(name.toLowerCase()) ?? '';
    const parent = name.includes('::') ? name.slice(0, name.lastIndexOf('::')) : undefined;
    return value.startsWith('/') || parent === undefined ? value : join(absolute(parent), value);
  };
}

async function readSources(list: string, parts: string, architecture: string): Promise<readonly ArchiveSource[]> {
  const names = (await readdir(parts).catch(() => [])).sort();
  const files = [list, ...names.map((name) => join(parts, name))];
  const sources: ArchiveSource[] = [];
  for (const file of files) {
    const parse = file.endsWith('.list') ? parseOneLine : file.endsWith('.sources') ? parseDeb822 : undefined;
    const text = parse === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
    if (parse !== undefined && text !== undefined) sources.push(...parse(text, architecture));
  }
  return sources;
}
