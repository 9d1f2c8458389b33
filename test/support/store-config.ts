import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** No test relies on the archives of other distributions and of vendors. */
const HERE_ALONE = 'toolchains:\n  sources: [distribution, releases]\n';

/** The configuration file of a store. */
export function configOf(store: string): string {
  return path.join(store, 'config/config.yml');
}

/** Gives a store of tests the configuration that they have unless they say otherwise. */
export function restoreConfig(store: string): void {
  const file = configOf(store);
  rmSync(path.dirname(file), { recursive: true, force: true });
  mkdirSync(path.dirname(file));
  writeFileSync(file, HERE_ALONE);
}
