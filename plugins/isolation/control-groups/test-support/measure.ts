import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceLimits } from '../../../../core/contracts/resource-limits.js';
import type { BlockDevice, ControlGroup, ControlGroups } from '../control-groups.js';
import { OURS } from '../group.js';
import { findHierarchies } from '../hierarchies.js';

/**
 * What groups do to real processes, seen from outside. Figures that a busy machine can move in one direction only: what a limit allows is
 * never exceeded, however little a process gets.
 */

const MIB = 1024 * 1024;

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
}

/** A shell that waits until it may run the script, so that it can be put in a group first. */
export class HeldScript {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  private readonly process: ChildProcess;

  constructor(script: string) {
    this.process = spawn('sh', ['-c', `read go; ${script}`], { stdio: ['pipe', 'pipe', 'ignore'] });
    if (this.process.pid === undefined) throw new Error('no shell could be started');
    this.pid = this.process.pid;
    const stdout = this.process.stdout ? text(this.process.stdout) : Promise.resolve('');
    this.ended = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('exit', async (status, signal) => resolve({ status, signal, stdout: await stdout }));
    });
  }

  release(): void {
    this.process.stdin?.end('go\n');
  }
}

export async function runIn(group: ControlGroup, script: string): Promise<Ended> {
  const held = new HeldScript(script);
  await group.add(held.pid);
  held.release();
  return held.ended;
}

/** A group that is killed and removed whatever the measurement does. */
export async function withGroup<T>(
  groups: ControlGroups,
  limits: ResourceLimits,
  devices: readonly BlockDevice[],
  measure: (group: ControlGroup) => Promise<T>,
): Promise<T> {
  const group = await groups.create(newName(), limits, devices);
  if (group === undefined) throw new Error('the name is taken');
  try {
    return await measure(group);
  } finally {
    await group.kill();
    await group.remove();
  }
}

let names = 0;

export function newName(): string {
  return `test-${process.pid}-${names++}`;
}

/** Where a group is, in the hierarchy of a controller. */
export function directoryOf(groups: ControlGroups, controller: string, name: string): string {
  const { v1, v2 } = findHierarchies();
  const mount = groups.version === 1 ? v1.get(controller) : v2;
  return path.join(mount?.path ?? '', OURS, name);
}

/** Processes that want a whole core each, so many that a busy machine gives them enough, and what they get by the kernel's own count. */
export async function measureCpu(groups: ControlGroups, cpuPercent: number) {
  return withGroup(groups, { cpuPercent, pids: 10 }, [], async (group) => {
    void runIn(group, 'for i in 1 2 3 4 5 6 7; do while :; do :; done & done; while :; do :; done');
    const stat = path.join(directoryOf(groups, 'cpu', group.name), 'cpu.stat');
    while (throttled(stat) === 0) await sleep(20);
    const startedAt = performance.now();
    const before = await group.usage();
    // So long that the first and the last of its hundred-millisecond periods, used in full, make less than a tenth of it.
    await sleep(4000);
    const after = await group.usage();
    const wallMs = performance.now() - startedAt;
    return { percent: (100 * ((after.cpuMs ?? 0) - (before.cpuMs ?? 0))) / wallMs, throttled: throttled(stat) };
  });
}

function throttled(stat: string): number {
  return Number(readFileSync(stat, 'utf8').match(/^nr_throttled (\d+)$/m)?.[1]);
}

/** A process that stays below the limit, then one that does not, beside one that sleeps. */
export async function measureMemory(groups: ControlGroups, memoryMb: number) {
  return withGroup(groups, { memoryBytes: memoryMb * MIB, pids: 20 }, [], async (group) => {
    const touch = (mb: number) => `exec dd if=/dev/zero of=/dev/null bs=${mb}M count=1`;
    const below = await runIn(group, touch(memoryMb / 4));
    const ranOutBelow = await group.ranOutOfMemory();
    const sleeper = runIn(group, 'exec sleep 1000');
    const above = await runIn(group, touch(memoryMb * 2));
    const ranOutAbove = await group.ranOutOfMemory();
    // Where the kernel ends the whole group, the sleeper is on its way out.
    if (groups.version === 2) await sleeper;
    const left = processesIn(groups, group).length;
    const { peakMemoryBytes = 0 } = await group.usage();
    return { below: below.status, ranOutBelow, above: above.signal, ranOutAbove, left, peakMb: peakMemoryBytes / MIB };
  });
}

/** How many processes a shell can have that starts one after another until it may not. */
export async function measurePids(groups: ControlGroups, pids: number) {
  return withGroup(groups, { pids }, [], async (group) => {
    const bomb = await runIn(group, 'while :; do sleep 1000 >/dev/null & done');
    // The shell itself was one of them, and is gone.
    return { most: processesIn(groups, group).length + 1, status: bomb.status };
  });
}

export async function measureCores(groups: ControlGroups, cpuCores: readonly number[]) {
  return withGroup(groups, { cpuCores, pids: 10 }, [], async (group) => {
    const { stdout } = await runIn(group, 'sed -n "s/^Cpus_allowed_list:\\s*//p" /proc/self/status');
    return stdout.trim();
  });
}

/** Bytes per second of direct writes and reads of a disk, whose content is lost. */
export async function measureIo(groups: ControlGroups, file: string, disk: BlockDevice, ioBytesPerSecond: number) {
  const limits = { ioBytesPerSecond, pids: 10 };
  return withGroup(groups, limits, [disk], async (group) => {
    const rate = async (from: string, to: string, flag: string) => {
      const startedAt = performance.now();
      const { status } = await runIn(group, `exec dd if=${from} of=${to} bs=64k count=40 ${flag} 2>/dev/null`);
      if (status !== 0) throw new Error(`dd ended with ${status}`);
      return (40 * 65536 * 1000) / (performance.now() - startedAt);
    };
    const write = await rate('/dev/zero', file, 'oflag=direct');
    const read = await rate(file, '/dev/null', 'iflag=direct');
    return { write, read, usage: await group.usage() };
  });
}

/** Bytes per second of writes that the kernel may put off until they are asked for at the end. */
export async function measureBufferedWrites(groups: ControlGroups, file: string, disk: BlockDevice, rate: number) {
  const limits = { ioBytesPerSecond: rate, memoryBytes: 256 * MIB, pids: 10 };
  return withGroup(groups, limits, [disk], async (group) => {
    const startedAt = performance.now();
    const { status } = await runIn(group, `exec dd if=/dev/zero of=${file} bs=64k count=40 conv=fsync 2>/dev/null`);
    return { status, write: (40 * 65536 * 1000) / (performance.now() - startedAt) };
  });
}

/** One large write at a rate that would take it minutes, ended early. */
export async function measureKillOfThrottled(groups: ControlGroups, file: string, disk: BlockDevice) {
  return withGroup(groups, { ioBytesPerSecond: 65536, cpuPercent: 5, pids: 10 }, [], async (group) => {
    await group.limitDevice(disk, 65536);
    const writer = new HeldScript(`exec dd if=/dev/zero of=${file} bs=4M count=1 oflag=direct`);
    await group.add(writer.pid);
    writer.release();
    while (!isWaitingForDisk(writer.pid)) await sleep(20);
    await group.kill();
    return { signal: (await writer.ended).signal, left: processesIn(groups, group).length };
  });
}

function isWaitingForDisk(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return /^Name:\tdd\nUmask:.*\nState:\tD/.test(status);
}

/** Processes that fork for as long as they can, and ignore what can be ignored. */
export async function measureKillOfForkBomb(groups: ControlGroups, pids: number) {
  return withGroup(groups, { pids, cpuPercent: 50 }, [], async (group) => {
    const bomb = runIn(group, `exec perl -e '$SIG{$_} = "IGNORE" for qw(TERM HUP INT); fork while 1'`);
    while (processesIn(groups, group).length < pids / 2) await sleep(10);
    await group.kill();
    await bomb;
    return { left: processesIn(groups, group).length };
  });
}

export function processesIn(groups: ControlGroups, group: ControlGroup): string[] {
  const file = path.join(directoryOf(groups, 'pids', group.name), 'cgroup.procs');
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}
