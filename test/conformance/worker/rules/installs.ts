import { isDeepStrictEqual } from 'node:util';
import type { Bench } from '../bench.js';
import type { InstallFindings } from '../install-probe.js';
import { NotChecked } from '../not-checked.js';

/** Of many alike, the first ones tell enough. */
const MOST_SHOWN = 20;

export async function installsIdempotently(bench: Bench): Promise<readonly string[]> {
  const { failed } = (await bench.built()).findings;
  if (failed !== undefined) return [`twice in a row, it fails: ${String(failed)}`];
  const { first, second, layerChanges } = await installs(bench);
  return [
    ...(isDeepStrictEqual(first, second) ? [] : ['the list of what is installed is another the second time']),
    ...some(layerChanges),
  ];
}

export async function staysInRoot(bench: Bench): Promise<readonly string[]> {
  const { storeChanges, foreign } = await installs(bench);
  return [...some(storeChanges.map((change) => `in the store: ${change}`)), ...some(foreign)];
}

async function installs(bench: Bench): Promise<NonNullable<InstallFindings['installs']>> {
  const { findings } = await bench.built();
  if (findings.installs === undefined) throw new NotChecked('the pack could not be installed twice in a row');
  return findings.installs;
}

function some(lines: readonly string[]): readonly string[] {
  return lines.length <= MOST_SHOWN ? lines : [...lines.slice(0, MOST_SHOWN), `and ${lines.length - MOST_SHOWN} more`];
}
