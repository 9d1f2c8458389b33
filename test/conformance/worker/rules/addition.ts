import { BASE_PACK } from '../base-pack.js';
import type { Bench } from '../bench.js';
import { readInventory } from '../inventory.js';
import { specText } from '../spec-text.js';

/** Its packages in a runtime of another language; the finished runtime passes the smoke tests of both. */
export async function worksAsAddition(bench: Bench): Promise<readonly string[]> {
  const { pack, given, runtimeName } = bench;
  if (!pack.keys.some(({ name, packages }) => packages && given.values[name] !== undefined)) return [];
  const [version = ''] = BASE_PACK.knownVersions;
  const text = specText({ name: runtimeName, language: BASE_PACK.id, version, values: given.values });
  const { runtime } = await bench.buildText(text);
  const labels = runtime.manifest.packages;
  const there = await readInventory(bench, runtime);
  if (there.kind === 'failed') return [there.problem];
  const unlisted = there.lines.filter((line) => !labels.some((label) => names(label, line)));
  const absent = labels.filter((label) => !there.lines.some((line) => names(label, line)));
  return [
    ...(labels.length === 0 ? ['runtime.yml lists none of its packages'] : []),
    ...unlisted.map((line) => `the runtime has ${line}, which runtime.yml does not list`),
    ...absent.map((label) => `runtime.yml lists ${label}, which the runtime does not have`),
  ];
}

/** `line`: NAME VERSION. */
function names(label: string, line: string): boolean {
  return line.split(' ').every((part) => label.includes(part));
}
