import type { LanguagePackage } from '../../../../core/contracts/language-pack.js';
import type { InstalledRuntime } from '../../../../core/store/installed-runtime.js';
import type { Bench } from '../bench.js';
import { readInventory } from '../inventory.js';

export async function listsWhatIsThere(bench: Bench): Promise<readonly string[]> {
  const { result, findings } = await bench.built();
  const listed = findings.installs?.first ?? [];
  const labels = listed.map(({ label }) => label);
  const inManifest = result.runtime.manifest.packages;
  const planned = findings.planned?.plan;
  return [
    ...differences('runtime.yml', inManifest, 'the pack', labels),
    ...(planned === undefined || planned.deferred !== undefined
      ? []
      : differences('the plan', planned.packages.map(line), 'the pack', listed.map(line))),
    ...(await witness(bench, result.runtime, listed)),
  ];
}

async function witness(
  bench: Bench,
  runtime: InstalledRuntime,
  listed: readonly LanguagePackage[],
): Promise<readonly string[]> {
  if (bench.given.inventory === undefined && listed.length === 0) return [];
  const there = await readInventory(bench, runtime);
  if (there.kind === 'failed') return [there.problem];
  return differences('the runtime', there.lines, 'the pack', listed.map(line));
}

function line({ name, version }: LanguagePackage): string {
  return `${name} ${version}`;
}

function differences(
  one: string,
  inOne: readonly string[],
  other: string,
  inOther: readonly string[],
): readonly string[] {
  return [
    ...inOne
      .filter((entry) => !inOther.includes(entry))
      .map((entry) => `${one} has ${entry}, which ${other} does not list`),
    ...inOther
      .filter((entry) => !inOne.includes(entry))
      .map((entry) => `${other} lists ${entry}, which ${one} does not have`),
  ];
}
