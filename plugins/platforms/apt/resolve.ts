import { distance } from 'fastest-levenshtein';
import type {
  BuildServices,
  MissingPackage,
  PackagePlan,
  PackageQuery,
  PackageSet,
} from '../../../core/contracts/platform-adapter.js';
import { isJobletError } from '../../../core/errors/joblet-error.js';
import { runTool } from '../../../core/process/run-tool.js';
import { type ChosenSets, chooseSets, namesOf } from '../../../core/toolchains/choose-sets.js';
import type { AptIndex } from './apt-index.js';
import { readAvailable } from './available.js';
import { baseAdditions } from './base-packages.js';
import { type Distribution, findRelease, releaseOf } from './releases.js';
import { type Archive, type Pins, type Solution, solve } from './solve.js';

/** What a release has of a query, with the archives behind the plan. */
export type ReleaseResolution =
  | { readonly kind: 'planned'; readonly plan: PackagePlan; readonly archives: readonly Archive[] }
  | { readonly kind: 'missing'; readonly names: readonly string[] };

export async function resolveInRelease(
  index: AptIndex,
  distribution: Distribution,
  query: PackageQuery,
  services: BuildServices,
): Promise<ReleaseResolution> {
  const names = query.groups.flat().flatMap(namesOf);
  const available = await readAvailable(index, names, services.signal);
  let { groups } = query;
  for (;;) {
    const chosen = chooseSets(available, groups);
    if (chosen.kind === 'missing') return chosen;
    try {
      return await planSets(index, distribution, chosen, services.signal);
    } catch (error) {
      // What is there cannot be installed together: the next alternative may.
      const others = isConflict(error) ? withoutFirst(groups, chosen.sets) : undefined;
      if (others === undefined) throw error;
      groups = others;
    }
  }
}

/** The groups without what was taken of the first one that has something else to take. */
function withoutFirst(
  groups: PackageQuery['groups'],
  taken: readonly PackageSet[],
): PackageQuery['groups'] | undefined {
  const others = groups.map((group, index) => {
    const set = taken[index];
    return set === undefined ? [] : group.slice(group.indexOf(set) + 1);
  });
  const at = others.findIndex((rest) => rest.length > 0);
  return at < 0 ? undefined : groups.map((group, index) => (index === at ? (others[at] ?? group) : group));
}

function isConflict(error: unknown): boolean {
  return isJobletError(error) && error.code === 'E_BUILD_STEP';
}

async function planSets(
  index: AptIndex,
  distribution: Distribution,
  { sets, pins }: Extract<ChosenSets, { readonly kind: 'chosen' }>,
  signal: AbortSignal,
): Promise<ReleaseResolution> {
  const buildNames = unique(sets.flatMap((set) => set.build));
  const runtimeNames = unique(sets.flatMap((set) => set.runtime));
  const toolNames = unique(sets.flatMap((set) => set.tools));
  const additions = [...baseAdditions(findRelease(distribution, releaseOf(index.release)))];
  const pinned = (wanted: readonly string[]) => (wanted.length === 0 ? [] : unique([...wanted, ...pins.keys()]));
  const [base, whole, tools] = await Promise.all([
    solveWithout(index, additions, [], pins, signal),
    solveWithout(index, additions, pinned([...buildNames, ...runtimeNames]), pins, signal),
    solve(index, toolNames, { essential: false, signal, pins }),
  ]);
  const missing = unique([base, whole, tools].flatMap((s) => (s.kind === 'missing' ? s.names : [])));
  if (base.kind === 'missing' || whole.kind === 'missing' || tools.kind === 'missing')
    return { kind: 'missing', names: missing };
  const inBase = new Set(base.archives.map((a) => a.package.name));
  const build = whole.archives.filter((a) => !inBase.has(a.package.name));
  const archives = [
    ...new Map([...base.archives, ...build, ...tools.archives].map((a) => [a.package.hash, a])).values(),
  ];
  const plan: PackagePlan = {
    release: index.release,
    sets,
    base: base.archives.map((a) => a.package),
    build: build.map((a) => a.package),
    tools: tools.archives.map((a) => a.package),
    runtimeNames,
    buildNames,
    downloadBytes: archives.reduce((sum, a) => sum + a.package.sizeBytes, 0),
  };
  return { kind: 'planned', archives, plan };
}

/** `additions` that the release does not have are left out; of `names`, each must be there. */
async function solveWithout(
  index: AptIndex,
  additions: readonly string[],
  names: readonly string[],
  pins: Pins,
  signal: AbortSignal,
): Promise<Solution> {
  const solution = await solve(index, unique([...additions, ...names]), { essential: true, signal, pins });
  if (solution.kind === 'solved') return solution;
  const left = additions.filter((name) => !solution.names.includes(name));
  const missing = solution.names.filter((name) => names.includes(name));
  if (missing.length > 0 || left.length === additions.length) return { kind: 'missing', names: missing };
  return solveWithout(index, left, names, pins, signal);
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
  const installable = await readAvailable(index, names, signal);
  return names.find((name) => installable.has(name));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
