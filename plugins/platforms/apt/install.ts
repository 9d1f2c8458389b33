import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandRunner, RootCommandResult } from '../../../core/contracts/command-runner.js';
import type { NetworkAccess } from '../../../core/contracts/host-network.js';
import type { IdMap } from '../../../core/contracts/id-map.js';
import type { Bind } from '../../../core/contracts/isolator.js';
import type { BuildServices, DistributionPackage } from '../../../core/contracts/platform-adapter.js';
import { packageNotFound } from '../../../core/errors/errors.js';
import { aptFailure } from './apt-errors.js';
import type { AptIndex } from './apt-index.js';
import type { ArchiveCache } from './archive-cache.js';

export interface InstallRequest {
  readonly runner: CommandRunner;
  readonly names: readonly string[];
  readonly exact: readonly DistributionPackage[];
  readonly services: BuildServices;
  readonly idMap: IdMap;
  /** Where a directory can be made that links into the archive cache, for services that have no scratch directories. */
  readonly scratchDir: string;
  /** The lists of the plan and its archives, all fetched: nothing has to come over the network. */
  readonly offline?: { readonly index: AptIndex; readonly archives: ArchiveCache };
  /** How apt in the root reaches the archives, where it has to. */
  readonly access?: NetworkAccess;
}

const LISTS = '/run/joblet-apt-lists';
const ARCHIVES = '/var/cache/apt/archives';

/**
 * The plan's lists come in first where the root's are older (its base may be from last month), and stay, so that a hook
 * that calls apt afterwards finds what the mirror has now. Lists that a hook fetched from other sources are left alone.
 * Then the command, given as arguments, replaces the shell.
 */
const SCRIPT = `
if [ -d ${LISTS} ]; then
  for release in ${LISTS}/*Release; do
    cmp -s "$release" "/var/lib/apt/lists/\${release##*/}" && continue
    cp ${LISTS}/*_* /var/lib/apt/lists/ || exit 1
    break
  done
fi
exec "$@"`;

const OPTIONS = [
  'APT::Cmd::Pattern-Only=true',
  'APT::Install-Recommends=false',
  'Acquire::Retries=2',
  'Dpkg::Use-Pty=false',
  'Dpkg::Options::=--force-confdef',
  'Dpkg::Options::=--force-confold',
  'Dpkg::Options::=--force-unsafe-io',
].flatMap((option) => ['-o', option]);

export async function installPackages(request: InstallRequest): Promise<void> {
  const { names, exact, services } = request;
  const planned = new Set(exact.map((p) => p.name));
  const wanted = [...exact.map((p) => `${p.name}=${p.version}`), ...names.filter((name) => !planned.has(name))];
  if (wanted.length === 0) return;
  services.progress(`installing ${wanted.length === 1 ? wanted[0] : `${wanted.length} packages`}`);
  const archives = request.offline === undefined ? undefined : await linkedArchives(request, request.offline.archives);
  try {
    const binds: Bind[] = [...(request.access?.binds ?? [])];
    if (archives !== undefined) binds.push({ hostPath: archives, rootPath: ARCHIVES, writable: true });
    if (request.offline !== undefined) binds.push({ hostPath: request.offline.index.paths.lists, rootPath: LISTS });
    const result = await request.runner.run({
      args: ['/bin/sh', '-c', SCRIPT, 'sh', 'apt-get', '-y', '-q', ...OPTIONS, 'install', '--', ...wanted],
      env: {
        DEBIAN_FRONTEND: 'noninteractive',
        DEBCONF_NONINTERACTIVE_SEEN: 'true',
        LC_ALL: 'C.UTF-8',
        ...request.access?.env,
      },
      binds,
      secrets: request.access?.secrets ?? [],
      network: true,
    });
    if (result.status !== 0) throw installFailed(result, names, exact);
    if (archives === undefined) await request.runner.run({ args: ['apt-get', 'clean'] });
  } finally {
    if (archives !== undefined) rmSync(archives, { recursive: true, force: true });
  }
}

/** Owned by the root's own root: apt wants to lock it. */
async function linkedArchives(
  { exact, idMap, scratchDir, services }: InstallRequest,
  cache: ArchiveCache,
): Promise<string> {
  const directory = (await services.scratch?.('archives')) ?? mkdtempSync(join(scratchDir, 'archives-'));
  mkdirSync(join(directory, 'partial'));
  for (const path of [directory, join(directory, 'partial')]) chownSync(path, idMap.hostStart, idMap.hostStart);
  await cache.linkInto(exact, directory);
  return directory;
}

function installFailed(
  result: RootCommandResult,
  names: readonly string[],
  exact: readonly DistributionPackage[],
): Error {
  const output = `${result.stdout}\n${result.stderrTail}`;
  const unknown =
    /Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate|Version '[^']*' for '([^']+)' was not found/.exec(
      output,
    );
  const name = unknown?.slice(1).find((group) => group !== undefined);
  if (name !== undefined) {
    const hint =
      'the package sources in the build root do not have it: does a hook have to add one, or call apt-get update?';
    return packageNotFound(name, { hint, details: { stderrTail: result.stderrTail } });
  }
  const asked = names.length > 0 ? names : exact.map((p) => p.name);
  return aptFailure(`installing ${asked.slice(0, 5).join(', ')}${asked.length > 5 ? ', …' : ''}`, output, 'the store');
}
