import type { BuildServices, PackagePlan, PackageQuery } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed } from '../../../core/errors/errors.js';
import { chooseSets, namesOf } from '../../../core/toolchains/choose-sets.js';
import { BASE, ESSENTIAL } from './base-packages.js';
import { type DnfSettings, type DnfSolution, dnfAvailable, dnfResolve, type WantedPackage } from './dnf.js';

export type ReleaseResolution =
  | { readonly kind: 'planned'; readonly plan: PackagePlan }
  | { readonly kind: 'missing'; readonly names: readonly string[] };

const UNMET = /nothing provides (\S+)/g;

export async function resolveQuery(
  settings: DnfSettings,
  query: PackageQuery,
  services: BuildServices,
): Promise<ReleaseResolution> {
  const asked = query.groups.flat().flatMap(namesOf);
  const available = await dnfAvailable(settings, unique([...ESSENTIAL, ...BASE, ...asked]), services);
  const chosen = chooseSets(available, query.groups);
  const lacking = ESSENTIAL.filter((name) => !available.has(name));
  if (chosen.kind === 'missing' || lacking.length > 0) {
    return { kind: 'missing', names: [...lacking, ...(chosen.kind === 'missing' ? chosen.names : [])] };
  }
  const { sets, pins } = chosen;
  const [buildNames, runtimeNames, toolNames] = (['build', 'runtime', 'tools'] as const).map((part) =>
    unique(sets.flatMap((set) => set[part])),
  ) as [string[], string[], string[]];
  const wanted = (names: readonly string[]): readonly WantedPackage[] =>
    unique(names).map((name) => {
      const version = pins.get(name);
      return version === undefined ? { name } : { name, version };
    });
  const baseNames = [...ESSENTIAL, ...BASE.filter((name) => available.has(name))];
  const pinned = (names: readonly string[]) => (names.length === 0 ? [] : [...names, ...pins.keys()]);
  const solutions = [
    await dnfResolve(settings, wanted(baseNames), services),
    await dnfResolve(settings, wanted([...baseNames, ...pinned([...buildNames, ...runtimeNames])]), services),
    toolNames.length === 0 ? { packages: [] } : await dnfResolve(settings, wanted(pinned(toolNames)), services),
  ];
  const missing = unique(solutions.flatMap(missingOf));
  if (missing.length > 0) return { kind: 'missing', names: missing };
  const [base = [], whole = [], tools = []] = solutions.map(packagesOf);
  const inBase = new Set(base.map(({ hash }) => hash));
  const build = whole.filter(({ hash }) => !inBase.has(hash));
  const all = new Map([...base, ...build, ...tools].map((one) => [one.hash, one.sizeBytes]));
  const downloadBytes = [...all.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    kind: 'planned',
    plan: { release: settings.release, sets, base, build, tools, runtimeNames, buildNames, downloadBytes },
  };
}

/** Names that are not there, and what a package that is there needs and nobody has. */
function missingOf(solution: DnfSolution): readonly string[] {
  if ('missing' in solution) return solution.missing;
  if (!('conflict' in solution)) return [];
  const unmet = [...solution.conflict.matchAll(UNMET)].map(([, name = '']) => name);
  if (unmet.length > 0) return unmet;
  throw buildStepFailed(
    'the packages cannot be installed together',
    solution.conflict.trim().split('\n').slice(0, 5).join('; '),
    { output: solution.conflict },
  );
}

function packagesOf(solution: DnfSolution) {
  return 'packages' in solution ? solution.packages : [];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
