import { chownSync, rmSync } from 'node:fs';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import type { NetworkAccess } from '../../../core/contracts/host-network.js';
import type { IdMap } from '../../../core/contracts/id-map.js';
import type { BuildServices, DistributionPackage } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed, packageNotFound } from '../../../core/errors/errors.js';
import type { ArchiveCache } from './archive-cache.js';
import { RPM_OPTIONS } from './rpm-root.js';

const PACKAGES = '/run/joblet-packages';

export interface InstallRequest {
  readonly runner: CommandRunner;
  readonly idMap: IdMap;
  readonly services: BuildServices;
  /** An empty directory on the store's file system; removed in the end. */
  readonly directory: string;
}

/** Packages of a plan, fetched and checked: rpm alone, without a network. */
export async function installExact(
  request: InstallRequest,
  packages: readonly DistributionPackage[],
  archives: ArchiveCache,
): Promise<void> {
  const { runner, idMap, services, directory } = request;
  if (packages.length === 0) return;
  services.progress(`installing ${packages.length === 1 ? packages[0]?.name : `${packages.length} packages`}`);
  try {
    const names = await archives.linkInto(packages, directory);
    chownSync(directory, idMap.hostStart, idMap.hostStart);
    const result = await runner.run({
      args: ['rpm', '-U', ...RPM_OPTIONS, ...names.map((name) => `${PACKAGES}/${name}`)],
      binds: [{ hostPath: directory, rootPath: PACKAGES }],
    });
    if (result.status === 0) return;
    throw buildStepFailed('rpm cannot install the packages', lastLine(result.stderrTail), {
      stderrTail: result.stderrTail,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Packages by name, from whatever sources the root has: a hook may have added some. */
export async function installByName(
  { runner, services }: InstallRequest,
  names: readonly string[],
  access: NetworkAccess,
): Promise<void> {
  if (names.length === 0) return;
  services.progress(`installing ${names.length === 1 ? names[0] : `${names.length} packages`}`);
  const result = await runner.run({
    args: ['dnf', '-y', '--setopt=install_weak_deps=False', '--setopt=tsflags=nodocs', 'install', '--', ...names],
    env: access.env,
    binds: access.binds,
    secrets: access.secrets,
    network: true,
  });
  if (result.status === 0) return;
  const output = `${result.stdout}\n${result.stderrTail}`;
  const unknown = /No match for argument: (\S+)/.exec(output)?.[1];
  if (unknown !== undefined) {
    throw packageNotFound(unknown, {
      hint: 'the repositories in the build root do not have it: does a hook have to add one?',
    });
  }
  throw buildStepFailed('dnf cannot install the packages', lastLine(result.stderrTail), {
    stderrTail: result.stderrTail,
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'run again with -v';
}
