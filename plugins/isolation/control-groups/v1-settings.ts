import type { ResourceLimits } from '../../../core/contracts/resource-limits.js';
import { wholeDisk } from './block-devices.js';
import type { BlockDevice } from './control-groups.js';
import { formatCpuList } from './cpu-list.js';
import type { LimitName, Setting } from './limit-settings.js';
import { cpuQuota, hasSwap, OPTIONAL, REBUILD, SWAP_REMEDY } from './limit-settings.js';

/** Which controller of version 1 holds a limit, and by which files. */
export const CONTROLLERS = {
  cpuPercent: 'cpu',
  memoryBytes: 'memory',
  ioBytesPerSecond: 'blkio',
  cpuCores: 'cpuset',
  pids: 'pids',
} as const satisfies Record<LimitName, string>;

export type Controller = (typeof CONTROLLERS)[LimitName] | 'cpuacct';

/** Of memory and swap together. Absent where the kernel does not count swap. */
export const MEMORY_AND_SWAP = 'memory.memsw.limit_in_bytes';

export const IO_FILES = ['blkio.throttle.read_bps_device', 'blkio.throttle.write_bps_device'] as const;

export function settingsOf(limits: ResourceLimits, devices: readonly BlockDevice[]): Setting[] {
  const { pids, memoryBytes, cpuPercent, cpuCores, ioBytesPerSecond } = limits;
  const settings: Setting[] = [];
  const set = (limit: LimitName, file: string, value: number | string, remedy: string = REBUILD) =>
    settings.push({ limit, file, value: String(value), remedy });
  if (pids !== undefined) set('pids', 'pids.max', pids);
  if (memoryBytes !== undefined) {
    set('memoryBytes', 'memory.limit_in_bytes', memoryBytes);
    // In this order: it may not be below the limit of memory alone.
    set('memoryBytes', MEMORY_AND_SWAP, memoryBytes, hasSwap() ? SWAP_REMEDY : OPTIONAL);
  }
  if (cpuPercent !== undefined) {
    const { quota, period } = cpuQuota(cpuPercent);
    set('cpuPercent', 'cpu.cfs_period_us', period);
    set('cpuPercent', 'cpu.cfs_quota_us', quota);
  }
  if (cpuCores !== undefined) set('cpuCores', 'cpuset.cpus', formatCpuList(cpuCores));
  if (ioBytesPerSecond !== undefined) {
    for (const device of devices) settings.push(...ioSettings(device, ioBytesPerSecond));
  }
  return settings;
}

export function ioSettings(device: BlockDevice, bytesPerSecond: number): Setting[] {
  const value = `${wholeDisk(device)} ${bytesPerSecond}`;
  return IO_FILES.map((file) => ({ limit: 'ioBytesPerSecond', file, value, remedy: REBUILD }));
}
