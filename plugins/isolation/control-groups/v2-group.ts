import type { ResourceUsage } from '../../../core/contracts/resource-limits.js';
import type { BlockDevice, ControlGroup } from './control-groups.js';
import { endProcesses } from './end-processes.js';
import { isAbandoned, moveToAll } from './group.js';
import { readCounter, readGroupFile, readNumber, removeGroup, writeGroupFile } from './group-files.js';
import { totalBytes } from './io-bytes.js';
import { applySetting } from './limit-settings.js';
import { ioSetting } from './v2-settings.js';

/** A job's group in the one hierarchy. */
export class GroupV2 implements ControlGroup {
  constructor(
    readonly name: string,
    private readonly directory: string,
  ) {}

  async add(pid: number): Promise<void> {
    await moveToAll([this.directory], pid);
  }

  async limitDevice(device: BlockDevice, bytesPerSecond: number): Promise<void> {
    applySetting(this.directory, ioSetting(device, bytesPerSecond));
  }

  async usage(): Promise<ResourceUsage> {
    const cpuUs = readCounter(this.directory, 'cpu.stat', 'usage_usec');
    // Since Linux 5.19.
    const peakMemoryBytes = readNumber(this.directory, 'memory.peak');
    const io = readGroupFile(this.directory, 'io.stat');
    return {
      ...(cpuUs !== undefined && { cpuMs: cpuUs / 1000 }),
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
      ...(io !== undefined && { ioReadBytes: bytesOf(io, 'rbytes'), ioWriteBytes: bytesOf(io, 'wbytes') }),
    };
  }

  async ranOutOfMemory(): Promise<boolean> {
    return (readCounter(this.directory, 'memory.events', 'oom_kill') ?? 0) > 0;
  }

  async isAbandoned(): Promise<boolean> {
    return isAbandoned(this.directory);
  }

  async kill(): Promise<void> {
    await endProcesses(this.directory, () => this.liftLimits());
  }

  async remove(): Promise<void> {
    await removeGroup(this.directory);
  }

  private liftLimits(): void {
    if (readGroupFile(this.directory, 'cpu.max') !== undefined) writeGroupFile(this.directory, 'cpu.max', 'max');
    for (const [device] of readGroupFile(this.directory, 'io.max')?.matchAll(/^\d+:\d+/gm) ?? []) {
      writeGroupFile(this.directory, 'io.max', `${device} rbps=max wbps=max`);
    }
  }
}

function bytesOf(io: string, key: 'rbytes' | 'wbytes'): number {
  const lines = io.matchAll(new RegExp(`^(\\d+:\\d+) .*\\b${key}=(\\d+)`, 'gm'));
  return totalBytes([...lines].map(([, device = '', bytes]) => [device, Number(bytes)]));
}
