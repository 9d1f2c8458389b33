import path from 'node:path';
import type { ResourceUsage } from '../../../core/contracts/resource-limits.js';
import type { BlockDevice, ControlGroup } from './control-groups.js';
import { endProcesses } from './end-processes.js';
import { isAbandoned, moveToAll } from './group.js';
import { readCounter, readGroupFile, readNumber, removeGroup, writeGroupFile } from './group-files.js';
import { totalBytes } from './io-bytes.js';
import { applySetting, REMOUNT, unenforceable } from './limit-settings.js';
import type { Controller } from './v1-settings.js';
import { IO_FILES, ioSettings } from './v1-settings.js';

/** A job's group in each of several hierarchies. */
export class GroupV1 implements ControlGroup {
  /** Each once, though controllers may share one: the owner of the name first. */
  private readonly each: readonly string[];

  constructor(
    readonly name: string,
    private readonly owner: string,
    private readonly directories: ReadonlyMap<Controller, string>,
  ) {
    this.each = [...new Set([owner, ...directories.values()])];
  }

  get memoryEventsPath(): string {
    const directory = this.directories.get('memory');
    return directory === undefined ? '' : path.join(directory, 'memory.oom_control');
  }

  async add(pid: number): Promise<void> {
    await moveToAll(this.each, pid);
  }

  async limitDevice(device: BlockDevice, bytesPerSecond: number): Promise<void> {
    const directory = this.directories.get('blkio');
    if (directory === undefined) {
      throw unenforceable('ioBytesPerSecond', 'the blkio controller is not mounted, or read-only', REMOUNT);
    }
    for (const setting of ioSettings(device, bytesPerSecond)) applySetting(directory, setting);
  }

  async usage(): Promise<ResourceUsage> {
    const cpuNs = readNumber(this.directories.get('cpuacct'), 'cpuacct.usage');
    const peakMemoryBytes = readNumber(this.directories.get('memory'), 'memory.max_usage_in_bytes');
    const io = readGroupFile(this.directories.get('blkio'), 'blkio.throttle.io_service_bytes_recursive');
    return {
      ...(cpuNs !== undefined && { cpuMs: cpuNs / 1e6 }),
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
      ...(io !== undefined && { ioReadBytes: bytesOf(io, 'Read'), ioWriteBytes: bytesOf(io, 'Write') }),
    };
  }

  async ranOutOfMemory(): Promise<boolean> {
    return (readCounter(this.directories.get('memory'), 'memory.oom_control', 'oom_kill') ?? 0) > 0;
  }

  async isAbandoned(): Promise<boolean> {
    return isAbandoned(this.owner);
  }

  async kill(): Promise<void> {
    await endProcesses(this.owner, () => this.liftLimits());
  }

  async remove(): Promise<void> {
    for (const directory of [...this.each].reverse()) await removeGroup(directory);
  }

  private liftLimits(): void {
    const cpu = this.directories.get('cpu');
    if (cpu !== undefined) writeGroupFile(cpu, 'cpu.cfs_quota_us', '-1');
    const blkio = this.directories.get('blkio');
    if (blkio === undefined) return;
    for (const file of IO_FILES) {
      for (const [device] of readGroupFile(blkio, file)?.matchAll(/^\d+:\d+/gm) ?? []) {
        writeGroupFile(blkio, file, `${device} 0`);
      }
    }
  }
}

function bytesOf(io: string, operation: 'Read' | 'Write'): number {
  const lines = io.matchAll(new RegExp(`^(\\d+:\\d+) ${operation} (\\d+)$`, 'gm'));
  return totalBytes([...lines].map(([, device = '', bytes]) => [device, Number(bytes)]));
}
