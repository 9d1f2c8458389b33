import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { completeRoot, makeDirectory, makeMergedUsr, writePlainFile } from '../../../core/build/root-skeleton.js';
import type { BuildServices, DistributionPackage, PlatformInfo } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed } from '../../../core/errors/errors.js';
import { runTool } from '../../../core/process/run-tool.js';
import { renderRootConfig } from './apt-config.js';
import { aptFailure } from './apt-errors.js';
import type { AptIndex } from './apt-index.js';
import { type ArchiveSource, renderSource, renderSources } from './archive-source.js';
import type { HostApt } from './host-apt.js';
import type { Release } from './releases.js';

const HOOKS = '/usr/share/mmdebstrap/hooks/merged-usr';
/** Nothing may start a service in a root (policy-rc.d's word for "forbidden by policy" is 101). */
const POLICY = '#!/bin/sh\nexit 101\n';

export interface BootstrapRequest {
  readonly platform: PlatformInfo;
  readonly release: Release;
  readonly apt: HostApt;
  readonly index: AptIndex;
  readonly packages: readonly DistributionPackage[];
  /** Names beside the essential ones. */
  readonly additions: readonly string[];
  /** Puts the archives into a directory. */
  readonly linkArchives: (directory: string) => Promise<void>;
  readonly directory: string;
  readonly services: BuildServices;
}

/**
 * Makes a root with mmdebstrap, from lists and archives that are put into it beforehand: mmdebstrap runs apt-get update and
 * downloads only what is not there. It mounts in its caller's mount namespace and outlives its killer, so it gets
 * namespaces of its own whose first process dies with us, and all others with that one.
 */
export async function bootstrap(request: BootstrapRequest): Promise<void> {
  const { directory, release, index, services, platform } = request;
  await prepare(request);
  services.progress(`bootstrapping ${index.release}`);
  const hook = release.mergedUsr === 'hook' ? [`--hook-dir=${HOOKS}`] : [];
  if (release.mergedUsr === 'links') makeMergedUsr(directory, platform.architecture);
  const config = join(index.paths.directory, 'root-apt.conf');
  writePlainFile(config, renderRootConfig(request.apt));
  const result = await runTool({
    ownNamespaces: true,
    argv: [
      'mmdebstrap',
      ...['--mode=root', '--variant=apt', '--format=directory', '--verbose', ...hook],
      `--architectures=${platform.architecture}`,
      ...(request.additions.length > 0 ? [`--include=${request.additions.join(',')}`] : []),
      '--skip=check/empty,check/signed-by,cleanup/apt/lists',
      `--aptopt=${config}`,
      '--dpkgopt=force-unsafe-io',
      release.codename,
      directory,
      ...index.sources.map(renderSource),
    ],
    // For what mmdebstrap decides about keys before it has read its own configuration.
    env: { ...index.env, APT_CONFIG: index.paths.config, TMPDIR: '/tmp' },
    signal: services.signal,
    onLine: (line) => services.log(line),
  });
  if (result.status !== 0) throw aptFailure(`bootstrapping ${index.release}`, result.output, directory);
  verify(request);
  finish(request);
}

async function prepare({ directory, index, linkArchives }: BootstrapRequest): Promise<void> {
  const lists = join(directory, 'var/lib/apt/lists');
  const cache = join(directory, 'var/cache/apt');
  for (const path of [
    join(lists, 'partial'),
    join(lists, 'auxfiles'),
    join(cache, 'archives/partial'),
    join(directory, 'etc'),
  ]) {
    makeDirectory(path);
  }
  copyLists(index, lists);
  // mmdebstrap takes these as the sign that apt-get update has run.
  writePlainFile(join(lists, 'lock'), '', 0o640);
  for (const name of ['pkgcache.bin', 'srcpkgcache.bin']) writePlainFile(join(cache, name), '');
  // mmdebstrap copies the host's where there is none.
  for (const name of ['resolv.conf', 'hostname']) writePlainFile(join(directory, 'etc', name), '');
  await linkArchives(join(cache, 'archives'));
}

function copyLists(index: AptIndex, lists: string): void {
  for (const entry of readdirSync(index.paths.lists, { withFileTypes: true })) {
    if (entry.isFile() && entry.name !== 'lock')
      copyFileSync(join(index.paths.lists, entry.name), join(lists, entry.name));
  }
}

function finish({ directory, index, apt }: BootstrapRequest): void {
  const etc = join(directory, 'etc/apt');
  rmSync(join(etc, 'apt.conf.d/99mmdebstrap'), { force: true });
  writePlainFile(join(etc, 'apt.conf.d/90joblet'), renderRootConfig(apt));
  rmSync(join(etc, 'sources.list.d'), { recursive: true, force: true });
  makeDirectory(join(etc, 'sources.list.d'));
  writePlainFile(
    join(etc, 'sources.list'),
    renderSources(index.sources.map((source) => sourceInside(source, directory))),
  );
  for (const name of readdirSync(join(directory, 'var/cache/apt/archives'))) {
    if (name.endsWith('.deb')) rmSync(join(directory, 'var/cache/apt/archives', name));
  }
  for (const name of ['pkgcache.bin', 'srcpkgcache.bin'])
    rmSync(join(directory, 'var/cache/apt', name), { force: true });
  makeDirectory(join(directory, 'usr/sbin'));
  const policy = join(directory, 'usr/sbin/policy-rc.d');
  writePlainFile(policy, POLICY, 0o755);
  completeRoot(directory);
}

/** The root is made of the plan's packages, or it is not the root that was planned. */
function verify({ directory, packages, index }: BootstrapRequest): void {
  const status = readFileSync(join(directory, 'var/lib/dpkg/status'), 'utf8');
  const installed = new Set(
    status.split('\n\n').flatMap((stanza) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
      return field('Status') === 'install ok installed' ? [`${field('Package')} ${field('Version')}`] : [];
    }),
  );
  const planned = packages.map((p) => `${p.name} ${p.version}`);
  const wrong = [...planned.filter((p) => !installed.delete(p)), ...installed];
  if (wrong.length > 0) {
    throw buildStepFailed(`bootstrapping ${index.release} gave other packages than planned`, 'run the build again', {
      wrong,
    });
  }
}

/** A keyring that the root does not have at the same path comes along: inside, no path of the host means anything. */
function sourceInside(source: ArchiveSource, directory: string): ArchiveSource {
  const signedBy = source.signedBy.map((path) => {
    if (!path.startsWith('/') || existsSync(join(directory, path))) return path;
    const inside = `/etc/apt/keyrings/${basename(path)}`;
    makeDirectory(join(directory, 'etc/apt/keyrings'));
    copyFileSync(path, join(directory, inside));
    chmodSync(join(directory, inside), 0o644);
    return inside;
  });
  return { ...source, signedBy };
}
