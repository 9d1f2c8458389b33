import type { CommandRunner } from '../../core/contracts/command-runner.js';
import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { readLockFile } from './lock-file.js';
import type { NodeHost } from './node-host.js';
import { npmError } from './npm-failure.js';
import { withNpmSession } from './npm-session.js';
import { packagesOf } from './package-spec.js';
import { compilers } from './versions.js';

/** Entries of `npm` to a lock file, before anything is built. Deferred where only the build root can tell. */
export async function planPackages(request: PackRequest, services: PackServices, own: NodeHost): Promise<PackPlan> {
  if (packagesOf(request).length === 0) return { packages: [], extraBuild: [], data: null };
  if (services.tools === undefined) return deferred('a pre-install hook may change where node comes from', services);
  const { lock, compiles } = await resolveLock(request, services.tools, services, own);
  const { packages } = readLockFile(lock, services.platform.architecture);
  return { packages, extraBuild: compiles ? compilers(services.platform.family) : [], data: lock };
}

interface Resolved {
  /** The text of package-lock.json. */
  readonly lock: string;
  /** Whether installing it may have to compile something. */
  readonly compiles: boolean;
}

/**
 * Lets npm, in the root behind `runner`, make a lock file. It fetches the packages, since only they tell whether one has an addon
 * (npm compiles what has a binding.gyp, whatever its registry says), but runs none of their scripts.
 */
export async function resolveLock(
  request: PackRequest,
  runner: CommandRunner,
  services: PackServices,
  own: NodeHost,
): Promise<Resolved> {
  const list = packagesOf(request);
  services.progress(`resolving ${list.length === 1 ? '1 npm package' : `${list.length} npm packages`}`);
  return await withNpmSession(request, undefined, runner, services, own, async ({ npm, read, has }) => {
    const result = await npm(['install', '--ignore-scripts', '--json']);
    if (result.status !== 0) throw npmError(result, list);
    const lock = read('package-lock.json');
    const { directories, runsScripts } = readLockFile(lock, services.platform.architecture);
    return { lock, compiles: runsScripts || directories.some((one) => has(`${one}/binding.gyp`)) };
  });
}

/** What is installed when packages are not known yet may have to be compiled. */
function deferred(reason: string, { platform }: PackServices): PackPlan {
  return { packages: [], extraBuild: compilers(platform.family), deferred: reason, data: null };
}
