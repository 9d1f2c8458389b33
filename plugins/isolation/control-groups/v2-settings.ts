import type { ResourceLimits } from '../../../core/contracts/resource-limits.js';
import { wholeDisk } from './block-devices.js';
import type { BlockDevice } from './control-groups.js';
import { formatCpuList } from './cpu-list.js';
import type { LimitName, Setting } from './limit-settings.js';
import { cpuQuota, hasSwap, OPTIONAL, REBUILD, SWAP_REMEDY } from './limit-settings.js';

/** Which controller of version 2 holds a limit, and by which files. */
export const CONTROLLERS = {
  cpuPercent: 'cpu',
  memoryBytes: 'memory',
  ioBytesPerSecond: 'io',
  cpuCores: 'cpuset',
  pids: 'pids',
} as const satisfies Record<LimitName, string>;

export function settingsOf(limits: ResourceLimits, devices: readonly BlockDevice[]): Setting[] {
  const { pids, memoryBytes, cpuPercent, cpuCores, ioBytesPerSecond } = limits;
  const settings: Setting[] = [];
  const set = (limit: LimitName, file: string, value: number | string, remedy: string = REBUILD) =>
    settings.push({ limit, file, value: String(value), remedy });
  if (pids !== undefined) set('pids', 'pids.max', pids);
  if (memoryBytes !== undefined) {
    set('memoryBytes', 'memory.max', memoryBytes);
    set('memoryBytes', 'memory.swap.max', 0, hasSwap() ? SWAP_REMEDY : OPTIONAL);
    // Since Linux 4.19: all processes are ended where one has to be.
    set('memoryBytes', 'memory.oom.group', 1, OPTIONAL);
  }
  if (cpuPercent !== undefined) {
    const { quota, period } = cpuQuota(cpuPercent);
    set('cpuPercent', 'cpu.max', `${quota} ${period}`);
  }
  if (cpuCores !== undefined) set('cpuCores', 'cpuset.cpus', formatCpuList(cpuCores));
  if (ioBytesPerSecond !== undefined) {
    for (const device of devices) settings.push(ioSetting(device, ioBytesPerSecond));
  }
  return settings;
}

export function ioSetting(device: BlockDevice, bytesPerSecond: number): Setting {
  const value = `${wholeDisk(device)} rbps=${bytesPerSecond} wbps=${bytesPerSecond}`;
  return { limit: 'ioBytesPerSecond', file: 'io.max', value, remedy: REBUILD };
}
