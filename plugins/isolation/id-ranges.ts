import { readdirSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import { ROOT_MOUNT_POINTS } from '../../core/contracts/isolator.js';
import type { OciRuntime } from './oci-runtime.js';

/**
 * Host ids of jobs. What is on disk belongs to one range (core/contracts/id-map.ts); each job runs under another, so that
 * two jobs are strangers to each other and to the trees of the store. Mounts that map ids stand between.
 */

/** Ranges above the one on disk, below 2^31: beyond it, programs that take ids for signed numbers go wrong. */
export function rangeCount(onDisk: IdMap): number {
  return Math.floor((2 ** 31 - onDisk.hostStart) / onDisk.size) - 1;
}

/** The range of a job; `index` is from 1 to `rangeCount`. */
export function rangeOf(index: number, onDisk: IdMap): IdMap {
  return { hostStart: onDisk.hostStart + index * onDisk.size, size: onDisk.size };
}

/** A mount option of crun: what belongs to ids on disk belongs to the same ids of the job. */
export function mappedMount(onDisk: IdMap, job: IdMap): string {
  const ids = `${onDisk.hostStart}-${job.hostStart}-${job.size}`;
  return `idmap=uids=${ids};gids=${ids}`;
}

/** Magic numbers of statfs(2) of file systems whose mounts can map ids since Linux 5.15 at the latest. */
const MAPPING_FILE_SYSTEMS = new Set([
  0xef53, // ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
]);

/** False where a job must run under the ids on disk: this runtime or file system does not map. */
export function canMapIds(runtime: OciRuntime, hostPath: string): boolean {
  return runtime.kind === 'crun' && MAPPING_FILE_SYSTEMS.has(statfsSync(hostPath).type);
}

/**
 * What of a root must be mounted with mapped ids, as paths inside: everything at its top that has content. The runtimes
 * cannot map the root's own mount; its links and empty directories do without.
 */
export function mappedEntries(rootHostPath: string): string[] {
  return readdirSync(rootHostPath, { withFileTypes: true })
    .filter((entry) => entry.isFile() || (entry.isDirectory() && !isFresh(entry.name)))
    .map((entry) => `/${entry.name}`)
    .filter((entry) => hasContent(path.join(rootHostPath, entry)));
}

function isFresh(name: string): boolean {
  return ROOT_MOUNT_POINTS.some((point) => point === `/${name}`);
}

function hasContent(hostPath: string): boolean {
  return !statSync(hostPath).isDirectory() || readdirSync(hostPath).length > 0;
}
