import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import type { PackageOwnership } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed } from '../../../core/errors/errors.js';
import { BASE_PROGRAMS, INSTALL_TIME_ONLY, NEEDED_AFTER_ALL } from './base-programs.js';
import { type DpkgDatabase, DUMP_SCRIPT, type InstalledPackage, parseDpkgDatabase } from './dpkg-database.js';
import { RESIDUE } from './residue.js';

/** dpkg's database still says /bin/x of many files that lie in /usr/bin: all our roots have a merged /usr. */
const ALIASED = /^\/(bin|sbin|lib|lib32|lib64|libx32)(?=\/)/;

export async function readOwnership(runner: CommandRunner, runtimeNames: readonly string[]): Promise<PackageOwnership> {
  const result = await runner.run({ args: ['/bin/sh', '-c', DUMP_SCRIPT], env: { LC_ALL: 'C' }, quiet: true });
  if (result.status !== 0) {
    const details = { stderrTail: result.stderrTail, status: result.status };
    throw buildStepFailed(
      "the build root's package database cannot be read",
      'a hook must not remove dpkg or /var/lib/dpkg',
      details,
    );
  }
  const database = parseDpkgDatabase(result.stdout);
  const keep = closure(database.packages, [...BASE_PROGRAMS, ...runtimeNames]);
  return {
    owned: ownedPaths(database, keep),
    installed: database.packages
      .map((p) => ({ name: p.name, version: p.version, keep: keep.has(p.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    residue: RESIDUE,
  };
}

/** Everything installed that the named packages depend on; of alternatives, all that are installed. */
export function closure(packages: readonly InstalledPackage[], names: readonly string[]): ReadonlySet<string> {
  const byName = new Map<string, InstalledPackage[]>();
  for (const p of packages) {
    for (const name of [p.name, ...p.provides]) byName.set(name, [...(byName.get(name) ?? []), p]);
  }
  const kept = new Set<string>();
  const queue = names.flatMap((name) => byName.get(name) ?? []);
  for (let p = queue.pop(); p !== undefined; p = queue.pop()) {
    if (kept.has(p.name)) continue;
    kept.add(p.name);
    for (const name of p.depends.flat()) {
      if (!INSTALL_TIME_ONLY.has(name) || NEEDED_AFTER_ALL.get(p.name) === name)
        queue.push(...(byName.get(name) ?? []));
    }
  }
  return kept;
}

function ownedPaths(database: DpkgDatabase, keep: ReadonlySet<string>): ReadonlyMap<string, 'keep' | 'drop'> {
  const owned = new Map<string, 'keep' | 'drop'>();
  const { files, diversions } = database;
  files.forEach(({ owner, path }, at) => {
    // A directory is followed by something in it.
    if (path === '/.' || files[at + 1]?.path.startsWith(`${path}/`)) return;
    const name = owner.split(':')[0] ?? owner;
    const diversion = diversions.get(path);
    const real = diversion === undefined || diversion.by === name ? path : diversion.to;
    const merged = real.replace(ALIASED, '/usr/$1');
    if (keep.has(name)) owned.set(merged, 'keep');
    else if (!owned.has(merged)) owned.set(merged, 'drop');
  });
  return owned;
}
