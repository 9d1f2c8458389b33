import { distance } from 'fastest-levenshtein';
import type {
  BuildServices,
  MissingPackage,
  PackageQuery,
  PackageResolution,
} from '../../../core/contracts/platform-adapter.js';
import type { AptIndex } from './apt-index.js';
import { baseAdditions } from './base-packages.js';
import { type Distribution, findRelease } from './releases.js';
import { runTool } from './run-tool.js';
import { type Archive, type Solution, solve } from './solve.js';

/** What a release has of a query, with the archives behind the plan. */
export type ReleaseResolution =
  | { readonly kind: 'planned'; readonly resolution: PackageResolution; readonly archives: readonly Archive[] }
  | { readonly kind: 'missing'; readonly names: readonly string[] };

export async function resolveInRelease(
  index: AptIndex,
  distribution: Distribution,
  query: PackageQuery,
  services: BuildServices,
): Promise<ReleaseResolution> {
  const { signal } = services;
  const additions = [...baseAdditions(findRelease(distribution, index.release))];
  const asked = unique([...query.build, ...query.runtime]);
  const [base, whole, tools] = await Promise.all([
    solveWithout(index, additions, [], signal),
    solveWithout(index, additions, asked, signal),
    solve(index, unique(query.tools), { essential: false, signal }),
  ]);
  const names = unique([base, whole, tools].flatMap((s) => (s.kind === 'missing' ? s.names : [])));
  if (base.kind === 'missing' || whole.kind === 'missing' || tools.kind === 'missing')
    return { kind: 'missing', names };
  const inBase = new Set(base.archives.map((a) => a.package.name));
  const build = whole.archives.filter((a) => !inBase.has(a.package.name));
  const archives = [
    ...new Map([...base.archives, ...build, ...tools.archives].map((a) => [a.package.hash, a])).values(),
  ];
  return {
    kind: 'planned',
    archives,
    resolution: {
      kind: 'planned',
      plan: {
        release: index.release,
        base: base.archives.map((a) => a.package),
        build: build.map((a) => a.package),
        tools: tools.archives.map((a) => a.package),
        runtimeNames: query.runtime,
        buildNames: query.build,
        downloadBytes: archives.reduce((sum, a) => sum + a.package.sizeBytes, 0),
      },
    },
  };
}

/** `additions` that the release does not have are left out; of `names`, each must be there. */
async function solveWithout(
  index: AptIndex,
  additions: readonly string[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<Solution> {
  const solution = await solve(index, unique([...additions, ...names]), { essential: true, signal });
  if (solution.kind === 'solved') return solution;
  const left = additions.filter((name) => !solution.names.includes(name));
  const missing = solution.names.filter((name) => names.includes(name));
  if (missing.length > 0 || left.length === additions.length) return { kind: 'missing', names: missing };
  return solveWithout(index, left, names, signal);
}

/** For each name the most similar one that can be installed, if it is similar enough to be a slip of the pen. */
export async function nearestNames(
  index: AptIndex,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly MissingPackage[]> {
  const known = await runTool({ argv: ['apt-cache', 'pkgnames'], env: index.env, signal });
  const all = known.stdout.split('\n').filter((name) => name !== '');
  return Promise.all(
    names.map(async (name) => {
      const near = all
        .map((candidate) => ({ candidate, away: distance(name, candidate) }))
        .filter(({ candidate, away }) => candidate !== name && away <= Math.max(2, Math.floor(name.length / 4)))
        .sort((a, b) => a.away - b.away || (a.candidate < b.candidate ? -1 : 1))
        .slice(0, 20)
        .map(({ candidate }) => candidate);
      const nearest = await firstInstallable(index, near, signal);
      return nearest === undefined ? { name } : { name, nearest };
    }),
  );
}

/** apt's names include those that packages only mention. */
async function firstInstallable(
  index: AptIndex,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (names.length === 0) return undefined;
  const result = await runTool({ argv: ['apt-cache', 'madison', '--', ...names], env: index.env, signal });
  const installable = new Set(result.stdout.split('\n').map((line) => line.split('|')[0]?.trim()));
  return names.find((name) => installable.has(name));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
