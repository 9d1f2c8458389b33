import type { DistributionPackage } from '../../../core/contracts/platform-adapter.js';
import { runTool } from '../../../core/process/run-tool.js';
import { aptFailure } from './apt-errors.js';
import type { AptIndex } from './apt-index.js';

/** A package and where its archive is. */
export interface Archive {
  readonly package: DistributionPackage;
  readonly uri: string;
}

export type Solution =
  | { readonly kind: 'solved'; readonly archives: readonly Archive[] }
  /** Names that the index does not have. */
  | { readonly kind: 'missing'; readonly names: readonly string[] };

/** apt's pattern for what every root of the distribution has. apt itself is essential to apt. */
export const ESSENTIAL = '?essential';

const LINE = /^'([^']+)' ([^_\s]+)_([^_\s]+)_([^_\s]+)\.deb (\d+) SHA256:([0-9a-f]{64})$/;

/** Package -> the exact version that it must have. */
export type Pins = ReadonlyMap<string, string>;

/**
 * What apt would install for exactly these names on an empty system. apt takes a name that it does not know for a regular
 * expression, or a name with an appended - for a removal: whatever it plans counts only when it has every name asked for.
 */
export async function solve(
  index: AptIndex,
  names: readonly string[],
  options: { readonly essential: boolean; readonly signal: AbortSignal; readonly pins?: Pins },
): Promise<Solution> {
  const versioned = (name: string) => (options.pins?.has(name) ? `${name}=${options.pins.get(name)}` : name);
  const wanted = [...(options.essential ? [ESSENTIAL, 'apt'] : []), ...names.map(versioned)];
  if (wanted.length === 0) return { kind: 'solved', archives: [] };
  const result = await runTool({
    argv: ['apt-get', 'install', '-qq', '-y', '--print-uris', '-o', 'APT::Cmd::Pattern-Only=true', '--', ...wanted],
    env: index.env,
    signal: options.signal,
  });
  const archives = result.stdout.split('\n').flatMap(parseLine);
  const planned = new Set(archives.map((archive) => archive.package.name));
  if (result.status !== 0) {
    const unknown = new Set(
      [
        ...result.stderr.matchAll(
          /(?:Unable to locate package|Package) '?([^\s']+)'?(?: has no installation candidate)?/g,
        ),
      ]
        .filter(([text]) => /Unable|no installation/.test(text))
        .map(([, name]) => name),
    );
    const missing = names.filter((name) => unknown.has(name) || unknown.has(name.replace(/[+-]$/, '')));
    if (missing.length > 0) return { kind: 'missing', names: missing };
    throw aptFailure(`planning the packages of ${index.release}`, result.output, index.paths.directory);
  }
  const missing = names.filter((name) => !planned.has(name));
  return missing.length > 0 ? { kind: 'missing', names: missing } : { kind: 'solved', archives };
}

/** `'URI' NAME_VERSION_ARCH.deb SIZE SHA256:…`, the version with its colon as %3a. */
function parseLine(line: string): readonly Archive[] {
  const match = LINE.exec(line);
  if (match === null) return [];
  const [, uri = '', name = '', version = '', architecture = '', size = '', hash = ''] = match;
  const sizeBytes = Number(size);
  return [
    { uri, package: { name, version: decodeURIComponent(version), architecture, hash: `sha256:${hash}`, sizeBytes } },
  ];
}

/** The name that apt looks for in its archive directory. */
export function archiveFileName(p: DistributionPackage): string {
  return `${p.name}_${p.version.replaceAll(':', '%3a')}_${p.architecture}.deb`;
}
