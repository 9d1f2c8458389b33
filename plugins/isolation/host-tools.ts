import { accessSync, constants, readFileSync } from 'node:fs';
import { hostUnfit } from '../../core/errors/errors.js';
import type { OciRuntime } from './oci-runtime.js';

/** Programs of the host that start a process in a root; absolute paths. */
export interface HostTools {
  readonly runtime: OciRuntime;
  /** A static init, bound into the root as PID 1: it reaps orphans, forwards signals, answers 126 and 127 as a shell. */
  readonly init: string;
  readonly setpriv: string;
  readonly unshare: string;
  readonly shell: string;
}

/** Searched after the caller's PATH: cron and systemd units often have a short one. */
const STANDARD_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** All are tini, statically linked: a dynamic one would need the root to have its libc. */
const INITS = ['tini-static', 'docker-init', '/usr/libexec/docker/docker-init'];

/** Throws E_HOST_UNFIT that names everything that is missing, with how to install it. */
export function findHostTools(path: string | undefined, standardPath: readonly string[] = STANDARD_PATH): HostTools {
  const directories = [...(path ?? '').split(':').filter((entry) => entry.startsWith('/')), ...standardPath];
  const find = (names: readonly string[]): string | undefined =>
    names
      .flatMap((name) => (name.startsWith('/') ? [name] : directories.map((directory) => `${directory}/${name}`)))
      .find(isExecutable);

  const crun = find(['crun']);
  const runc = crun === undefined ? find(['runc']) : undefined;
  const runtime = crun ?? runc;
  const init = find(INITS);
  const [setpriv, unshare, shell, mount] = ['setpriv', 'unshare', 'sh', 'mount'].map((name) => find([name]));
  if (runtime && init && setpriv && unshare && shell && mount) {
    return { runtime: { kind: crun === undefined ? 'runc' : 'crun', path: runtime }, init, setpriv, unshare, shell };
  }
  const missing = [
    runtime ? undefined : 'an OCI runtime (crun or runc)',
    init ? undefined : 'a static init (tini-static)',
    setpriv ? undefined : 'setpriv',
    unshare ? undefined : 'unshare',
    shell ? undefined : 'sh',
    mount ? undefined : 'mount',
  ].filter((name) => name !== undefined);
  throw hostUnfit(
    `processes cannot be isolated: ${missing.join(', ')} not found`,
    'install them: apt-get install crun tini util-linux mount (Debian, Ubuntu), or dnf install crun tini-static util-linux',
  );
}

/** What the kernel and the caller must offer. Throws E_HOST_UNFIT. */
export function checkKernel(privateDirectory: string): void {
  if (process.geteuid?.() !== 0) {
    throw hostUnfit('processes can be isolated by root only', 'run as root, for instance with sudo');
  }
  const maxUserNamespaces = readProc('/proc/sys/user/max_user_namespaces');
  if (maxUserNamespaces === undefined || Number(maxUserNamespaces) === 0) {
    throw hostUnfit(
      'this host allows no user namespaces (user.max_user_namespaces is 0)',
      'allow them: sysctl -w user.max_user_namespaces=10000',
    );
  }
  if (!isExecutable(privateDirectory)) {
    throw hostUnfit(
      `${privateDirectory} does not exist on this host`,
      'the kernel needs control groups (CONFIG_CGROUPS), and /sys must be mounted',
    );
  }
}

/** True when the kernel has overlayfs, built in or loaded. */
export function hasOverlay(): boolean {
  return (readProc('/proc/filesystems') ?? '').split('\n').some((line) => line.endsWith('\toverlay'));
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
