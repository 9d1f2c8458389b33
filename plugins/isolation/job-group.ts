import { readFileSync, statSync } from 'node:fs';
import type { ResourceLimits } from '../../core/contracts/resource-limits.js';
import { hostUnfit, limitUnenforceable } from '../../core/errors/errors.js';
import type { BlockDevice, ControlGroup, ControlGroups } from './control-groups/control-groups.js';

/** A job's control group. Its number is no other running job's: the kernel makes a directory only once. */
export interface JobGroup {
  readonly index: number;
  readonly group: ControlGroup;
}

/** Throws E_LIMIT_UNENFORCEABLE; E_HOST_UNFIT when `count` jobs run already. */
export async function openJobGroup(
  groups: ControlGroups,
  limits: ResourceLimits,
  devices: readonly BlockDevice[],
  count: number,
): Promise<JobGroup> {
  // Loading a better generator takes milliseconds of each start of a program.
  const start = Math.floor(Math.random() * count);
  for (let tried = 0; tried < count; tried++) {
    const index = ((start + tried) % count) + 1;
    const group = await groups.create(groupName(index), limits, devices);
    if (group !== undefined) return { index, group };
  }
  throw hostUnfit(`${count} jobs run at once, the most there can be`, 'wait for one to end');
}

export function groupName(index: number): string {
  return `j${index}`;
}

/** The device that a file is on. Throws E_LIMIT_UNENFORCEABLE when no single block device is below it (btrfs, overlay, a network). */
export function limitedDevice(hostPath: string): BlockDevice {
  const { dev } = statSync(hostPath, { bigint: true });
  // As gnu_dev_major and gnu_dev_minor of the C library take a dev_t apart.
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  if (major !== 0n) return { major: Number(major), minor: Number(minor) };
  throw limitUnenforceable(
    'ioBytesPerSecond',
    `${hostPath} is on no single block device`,
    'put the store on a file system with a disk of its own, such as ext4 or xfs, or leave the limit out',
  );
}

/** The name of the group of ours that a process is in. */
export function groupOfProcess(pid: number): string | undefined {
  try {
    return /\/joblet\/([a-z0-9-]+)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
