import { basename } from 'node:path';
import type { ArchiveSource } from './archive-source.js';
import { type Distribution, releaseOf } from './releases.js';

/** Alias suites of Debian's archive; where the host uses one, it stands for the host's release. */
const ALIAS = /^(old)*stable(?=-|$)|^testing(?=-|$)/;

/**
 * The host's sources that serve its distribution's own archive, for a release or its backports. Third-party sources often use the
 * distribution's codenames as suites, so the suite alone does not tell: a source that is signed with the
 * distribution's keyring, or whose address names the distribution, comes before one that is neither.
 */
export function distributionSources(
  sources: readonly ArchiveSource[],
  distribution: Distribution,
  hostRelease: string,
  wanted: string,
): readonly ArchiveSource[] {
  const release = releaseOf(wanted);
  const candidates = sources.flatMap((source) => {
    const suite = source.suite.replace(ALIAS, hostRelease);
    const suffix = distribution.suffixes.find((s) => suite === `${hostRelease}${s}`);
    if (suffix === undefined || !source.components.includes('main') || /^cdrom:/.test(source.uri)) return [];
    return [{ ...source, suite: `${release}${suffix}` }];
  });
  const own = candidates.filter((source) => isOwn(source, distribution));
  const chosen = own.some((source) => source.suite === release) ? own : candidates;
  // What backports are made for is beside them: their packages depend on the release's.
  const backports = chosen.filter((source) => source.suite === release).map((source) => ({ ...source, suite: wanted }));
  return withoutRepeats([...chosen, ...backports]);
}

function isOwn(source: ArchiveSource, distribution: Distribution): boolean {
  if (source.signedBy.some((path) => distribution.keyring.test(basename(path)))) return true;
  return source.signedBy.length === 0 && new RegExp(`/[^/]*${distribution.id}`).test(source.uri);
}

/** apt warns about a target that is configured twice. */
function withoutRepeats(sources: readonly ArchiveSource[]): readonly ArchiveSource[] {
  const byPlace = new Map<string, ArchiveSource>();
  for (const source of sources) {
    const key = `${source.uri.replace(/\/+$/, '')} ${source.suite}`;
    const seen = byPlace.get(key);
    const components = [...new Set([...(seen?.components ?? []), ...source.components])];
    byPlace.set(key, { ...(seen ?? source), components });
  }
  return [...byPlace.values()];
}
