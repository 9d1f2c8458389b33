import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeMergedUsr } from '../../../core/build/root-skeleton.js';
import type { BuildServices, DistributionPackage, PlatformInfo } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed, hostUnfit } from '../../../core/errors/errors.js';
import { runTool } from '../../../core/process/run-tool.js';
import type { ArchiveCache } from './archive-cache.js';
import { rpmArchitecture } from './detect.js';
import { rpmHome } from './dnf.js';

/** Signatures were checked when the files came, with the keys of their repositories, which no new root has. */
export const RPM_OPTIONS = [
  '--nosignature',
  '--excludedocs',
  '--replacepkgs',
  '--oldpackage',
  '--define',
  // Mounted in a root while packages are installed: rpm must not give them another owner.
  '_netsharedpath /proc:/dev:/sys',
];

/**
 * Scripts of packages get the devices that every program expects, and /proc, in a mount namespace of their own, which takes them with it. $1
 * the root, more: the command.
 */
const WITH_DEVICES = `set -e
root=$1; shift
mkdir -p "$root/dev" "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom; do : > "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mount -t proc proc "$root/proc"
exec "$@"`;

export interface RpmRootRequest {
  readonly platform: PlatformInfo;
  readonly packages: readonly DistributionPackage[];
  readonly archives: ArchiveCache;
  readonly directory: string;
  /** Where rpm's home and links to packages can be; of the store. */
  readonly cache: string;
  readonly services: BuildServices;
}

/** Installs packages into an empty directory, with their scripts. */
export async function installRoot(request: RpmRootRequest): Promise<void> {
  await runRpm(request, `bootstrapping ${request.platform.id}`, []);
}

/** Unpacks packages into an empty directory, running no script. */
export async function unpackRoot(request: RpmRootRequest): Promise<void> {
  makeMergedUsr(request.directory, request.platform.architecture);
  await runRpm(request, 'unpacking the tools', ['--nodeps', '--noscripts', '--notriggers']);
}

async function runRpm(request: RpmRootRequest, what: string, options: readonly string[]): Promise<void> {
  const { platform, packages, archives, directory, cache, services } = request;
  const links = path.join(cache, `install-${process.pid}-${path.basename(path.dirname(directory))}`);
  rmSync(links, { recursive: true, force: true });
  mkdirSync(links, { recursive: true });
  try {
    const names = await archives.linkInto(packages, links);
    if (names.length === 0) return;
    const rpm = [
      ...['rpm', '--root', directory, '-U', ...RPM_OPTIONS, ...options],
      ...names.map((name) => path.join(links, name)),
    ];
    const result = await runTool({
      argv: ['sh', '-c', WITH_DEVICES, 'sh', directory, ...rpm],
      env: { HOME: await rpmHome(cache) },
      signal: services.signal,
      ownNamespaces: true,
      onLine: (line) => services.log(line),
    });
    if (result.status !== 0) throw failed(what, result.tail, platform);
  } finally {
    rmSync(links, { recursive: true, force: true });
  }
}

function failed(what: string, tail: string, platform: PlatformInfo): Error {
  if (/Exec format error/.test(tail)) {
    return hostUnfit(
      `this machine cannot run programs of ${rpmArchitecture(platform.architecture)}`,
      'build on such a machine, or install qemu-user-static',
    );
  }
  return buildStepFailed(`${what} failed`, tail.split('\n').at(-1) || 'run again with -v', { stderrTail: tail });
}
