import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { ownDirectory, readPlainFile } from '../../core/pack-kit.js';
import { cargoFailed } from './errors.js';
import { type CratePlan, fileName, type LockedCrate } from './plan-data.js';

/** Where the sources with this checksum are, in every build's cache. */
export function cachedCrate(crate: LockedCrate, { cacheDir }: Pick<PackServices, 'cacheDir'>): string {
  return path.join(cacheDir, 'crates', `${fileName(crate)}-${crate.checksum}`);
}

/** Every crate that the plan needs, each once. */
export function cratesOfPlan({ libraries, programs }: CratePlan): readonly LockedCrate[] {
  const all = [...libraries, ...programs.flatMap(({ crates }) => crates)];
  return [...new Map(all.map((crate) => [`${fileName(crate)} ${crate.checksum}`, crate])).values()];
}

export function missingCrates(plan: CratePlan, services: Pick<PackServices, 'cacheDir'>): readonly LockedCrate[] {
  return cratesOfPlan(plan).filter((crate) => !existsSync(cachedCrate(crate, services)));
}

/** Moves what `cargo vendor` has written to `dir/vendor`, and has checked, into the cache. */
export async function storeCrates(plan: CratePlan, dir: string, services: PackServices, ids: IdMap): Promise<void> {
  const missing = missingCrates(plan, services);
  if (missing.length === 0) return;
  await ownDirectory(path.join(services.cacheDir, 'crates'), ids);
  for (const crate of missing) {
    const made = path.join(dir, 'vendor', fileName(crate));
    const { package: checksum } = JSON.parse(
      readPlainFile(path.join(made, '.cargo-checksum.json')).toString('utf8'),
    ) as { readonly package?: string };
    if (checksum !== crate.checksum) {
      throw cargoFailed(
        `the sources of ${crate.name} ${crate.version} are not those of its lock file`,
        'the registry has another archive than its index says: ask who keeps it',
      );
    }
    await publish(made, cachedCrate(crate, services));
  }
}

/** When another build was first, what is there is the same. */
async function publish(made: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await rename(made, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
