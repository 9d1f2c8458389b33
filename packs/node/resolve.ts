import type { CommandRunner } from '../../core/contracts/command-runner.js';
import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import type { JobletError } from '../../core/pack-kit.js';
import { readLockFile } from './lock-file.js';
import type { NodeHost } from './node-host.js';
import { allMissing, missingEntry, npmError } from './npm-failure.js';
import { withNpmSession } from './npm-session.js';
import { packagesOf } from './package-spec.js';
import { compilers } from './versions.js';

/** Entries of `npm` to a lock file, before anything is built. Deferred where only the build root can tell. */
export async function planPackages(request: PackRequest, services: PackServices, own: NodeHost): Promise<PackPlan> {
  if (packagesOf(request).length === 0) return { packages: [], extraBuild: [], data: null };
  if (services.tools === undefined) return deferred('a pre-install hook may change where node comes from', services);
  const { lock, compiles } = await resolveLock(packagesOf(request), services.tools, services, own);
  const { packages } = readLockFile(lock, services.platform.architecture);
  return { packages, extraBuild: compiles ? compilers(services.platform.family) : [], data: lock };
}

interface Resolved {
  /** The text of package-lock.json. */
  readonly lock: string;
  /** Whether installing it may have to compile something. */
  readonly compiles: boolean;
}

/** Each of these costs a run of npm. */
const MOST_REPORTED = 10;

/** npm stops at the first package that is not there: it is asked again without that one, so that all of them are reported. */
export async function resolveLock(
  list: readonly string[],
  runner: CommandRunner,
  services: PackServices,
  own: NodeHost,
): Promise<Resolved> {
  services.progress(`resolving ${list.length === 1 ? '1 npm package' : `${list.length} npm packages`}`);
  const remaining = new Set(list.keys());
  const missing: JobletError[] = [];
  for (;;) {
    const entries = list.map((entry, at) => (remaining.has(at) ? entry : undefined));
    const resolved = await resolve(entries, runner, services, own);
    if ('lock' in resolved) {
      if (missing.length > 0) throw allMissing(missing);
      return resolved;
    }
    const index = missingEntry(resolved);
    if (index === undefined || !remaining.delete(index)) throw missing.length > 0 ? allMissing(missing) : resolved;
    missing.push(resolved);
    if (missing.length === MOST_REPORTED || remaining.size === 0) throw allMissing(missing);
  }
}

/**
 * Lets npm, in the root behind `runner`, make a lock file. It fetches the packages, since only they tell whether one has an addon
 * (npm compiles what has a binding.gyp, whatever its registry says), but runs none of their scripts.
 */
async function resolve(
  entries: readonly (string | undefined)[],
  runner: CommandRunner,
  services: PackServices,
  own: NodeHost,
): Promise<Resolved | JobletError> {
  const list = entries.filter((entry) => entry !== undefined);
  return await withNpmSession({ list }, runner, services, own, async ({ npm, read, has }) => {
    const result = await npm(['install', '--ignore-scripts', '--json']);
    if (result.status !== 0) return npmError(result, entries);
    const lock = read('package-lock.json');
    const { directories, runsScripts } = readLockFile(lock, services.platform.architecture);
    return { lock, compiles: runsScripts || directories.some((one) => has(`${one}/binding.gyp`)) };
  });
}

/** What is installed when packages are not known yet may have to be compiled. */
function deferred(reason: string, { platform }: PackServices): PackPlan {
  return { packages: [], extraBuild: compilers(platform.family), deferred: reason, data: null };
}
