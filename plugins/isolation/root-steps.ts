import { existsSync, realpathSync, statSync } from 'node:fs';
import type { Bind, RootSource, VolumeMount, WorkDisk } from '../../core/contracts/isolator.js';
import { ROOT_MOUNT_POINTS } from '../../core/contracts/isolator.js';
import { processNotStarted } from './errors.js';

/** How the launcher prepares what the runtime will mount: its steps, and the paths that then stand for the sources. */
export interface PreparedSources {
  readonly steps: readonly string[];
  readonly rootPath: string;
  /** Where a root that is one directory is on the host. */
  readonly rootHostPath: string | undefined;
  readonly rootWritable: boolean;
  readonly binds: readonly Bind[];
}

/**
 * The launcher mounts the root, read-only where it is to be: the runtimes make mount points and working directories that
 * are missing before they make a root read-only. An overlay's layers get short relative names: mount options must fit
 * into one page, and commas or colons in a path would need escaping there. Binds are made in the private directory first:
 * the ids of the user namespace could not search a way below /root or a temporary directory of mode 700, crun gives
 * nosuid and nodev to read-only binds only, and runc cannot bind from a file system that is mounted noexec.
 *
 * `scratchOwner`: a root that is one directory gets a layer of that host id's above it, in which the runtime can make mount points;
 * the process finds it read-only all the same.
 */
export function prepareSources(
  root: RootSource,
  binds: readonly Bind[],
  privateDirectory: string,
  scratchOwner?: number,
): PreparedSources {
  const steps: string[] = scratchOwner === undefined ? rootSteps(root) : scratchRootSteps(root, scratchOwner);
  const prepared = binds.map((bind, index) => {
    const hostPath = resolveExisting(bind.hostPath);
    const kind = statSync(hostPath).isDirectory() ? 'bind-directory' : 'bind-file';
    const name = `bind${index}`;
    steps.push(bind.writable === true ? kind : `${kind}-readonly`, hostPath, name);
    return { ...bind, hostPath: `${privateDirectory}/${name}` };
  });
  return {
    rootPath: `${privateDirectory}/root`,
    rootHostPath: root.kind === 'directory' ? resolveExisting(root.hostPath) : undefined,
    rootWritable: root.kind === 'directory' ? root.writable : root.upper !== undefined,
    binds: prepared,
    steps,
  };
}

function rootSteps(root: RootSource): string[] {
  if (root.kind === 'directory') {
    const hostPath = resolveExisting(root.hostPath);
    if (root.writable) return ['bind-directory', hostPath, 'root'];
    requireMountPoints(hostPath);
    return ['bind-directory-readonly', hostPath, 'root'];
  }
  const [first] = root.lower;
  // The kernel refuses an overlay of one layer without an upper directory.
  if (root.upper === undefined && first !== undefined && root.lower.length === 1) {
    return ['bind-directory-readonly', resolveExisting(first), 'root'];
  }
  const layers = [
    ...root.lower.map((hostPath, index) => ({ hostPath, name: `lower${index}` })),
    ...(root.upper === undefined
      ? []
      : [
          { hostPath: root.upper.hostPath, name: 'upper' },
          { hostPath: root.upper.work, name: 'work' },
        ]),
  ];
  const lower = root.lower.map((_, index) => `lower${index}`).join(':');
  const upper = root.upper === undefined ? '' : ',upperdir=upper,workdir=work';
  return [
    ...layers.flatMap(({ hostPath, name }) => ['link', resolveExisting(hostPath), name]),
    // Off, whatever the kernel's defaults: layers must be plain directories that other overlays can be made of.
    ...['overlay', `lowerdir=${lower}${upper},index=off,metacopy=off,redirect_dir=off`, 'root'],
  ];
}

function scratchRootSteps(root: RootSource, owner: number): string[] {
  if (root.kind !== 'directory' || root.writable) return rootSteps(root);
  const hostPath = resolveExisting(root.hostPath);
  requireMountPoints(hostPath);
  const options = 'lowerdir=lower0,upperdir=scratch/upper,workdir=scratch/work,index=off,metacopy=off,redirect_dir=off';
  return ['link', hostPath, 'lower0', 'scratch', String(owner), 'scratch', 'overlay', options, 'root'];
}

/** How the launcher makes a disk for a process: from an empty one, and with no name left unless it is to be kept. */
export function diskSteps(
  emptyDisk: string,
  image: string,
  disk: WorkDisk,
  ownerId: number,
  synchronous: boolean,
): string[] {
  return [
    ...['copy', emptyDisk, image],
    ...[synchronous ? 'disk-sync' : 'disk', image, DISK],
    ...(disk.keepAt === undefined ? ['remove', image, ''] : []),
    ...(disk.upload === undefined ? [] : ['unpack', String(ownerId), `${DISK}/work`]),
  ];
}

/** mount(8) takes the loop device that an image has already, but two that look at once would each make one. */
export function volumeSteps(volumes: readonly VolumeMount[], synchronous: boolean): string[] {
  return volumes.flatMap(({ imagePath, lockPath }, index) => [
    ...['lock', lockPath, ''],
    ...[synchronous ? 'disk-sync' : 'disk', resolveExisting(imagePath), volumeName(index)],
    ...['unlock', lockPath, ''],
  ]);
}

/** Names in the private directory. */
export const DISK = 'disk';
/** Leads to the root, where the steps cannot say its path. */
export const ROOT_LINK = 'root-source';
export function volumeName(index: number): string {
  return `volume${index}`;
}

export function resolveExisting(hostPath: string): string {
  try {
    return realpathSync(hostPath);
  } catch (error) {
    throw processNotStarted(`${hostPath} does not exist`, 'its root, layers and binds must exist on this host', error);
  }
}

/** A root that lacks them was not made by a build; the runtime would only say that it cannot make them. */
function requireMountPoints(hostPath: string): void {
  const missing = ROOT_MOUNT_POINTS.filter((point) => !existsSync(`${hostPath}${point}`));
  if (missing.length === 0) return;
  throw processNotStarted(`${hostPath} has no ${missing.join(', ')}`, 'a root needs these directories; build it again');
}
