import { existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHierarchies } from './hierarchies.js';
import { sweepControlGroups } from './sweep.js';
import type { LoopDisk } from './test-support/loop-disk.js';
import { makeLoopDisk } from './test-support/loop-disk.js';
import {
  directoryOf,
  HeldScript,
  measureCores,
  measureCpu,
  measureIo,
  measureKillOfForkBomb,
  measureKillOfThrottled,
  measureMemory,
  measurePids,
  newName,
  runIn,
  withGroup,
} from './test-support/measure.js';
import { ControlGroupsV1 } from './v1.js';

const { v1 } = findHierarchies();
const reason =
  process.geteuid?.() !== 0
    ? 'needs root'
    : v1.get('pids')?.writable
      ? undefined
      : 'needs the version 1 pids controller';

const MIB = 1024 * 1024;
const EVERY_HIERARCHY = ['pids', 'memory', 'cpu', 'cpuacct', 'blkio', 'cpuset'];

describe.skipIf(reason !== undefined)(`control groups of version 1${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const groups = new ControlGroupsV1(v1);
  let scratch: string;
  let disk: LoopDisk;

  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'joblet-groups-'));
    disk = makeLoopDisk(path.join(scratch, 'image'), 32 * MIB);
  });
  afterAll(() => {
    disk.remove();
    rmSync(scratch, { recursive: true });
  });

  const placesOf = (name: string) =>
    EVERY_HIERARCHY.filter((controller) => existsSync(directoryOf(groups, controller, name)));

  it('holds processes to their share of the processor', async () => {
    const { percent, throttled } = await measureCpu(groups, 10);
    expect(percent).toBeLessThan(11);
    expect(throttled).toBeGreaterThan(0);
  });

  it('ends a process that uses more than its memory, and says so', async () => {
    const { peakMb, ...rest } = await measureMemory(groups, 64);
    expect(rest).toEqual({ below: 0, ranOutBelow: false, above: 'SIGKILL', ranOutAbove: true, left: 1 });
    expect(peakMb).toBeGreaterThan(48);
    expect(peakMb).toBeLessThanOrEqual(64);
  });

  it('caps the number of processes', async () => {
    const { most, status } = await measurePids(groups, 20);
    expect(most).toBe(20);
    expect(status).not.toBe(0);
  });

  it('keeps processes on their cores', async () => {
    expect(await measureCores(groups, [1])).toBe('1');
  });

  it('holds writes and reads of a disk to their rate, and counts them', async () => {
    const { write, read, usage } = await measureIo(groups, disk.file, disk, 2 * MIB);
    expect(write).toBeLessThan(2 * MIB * 1.2);
    expect(read).toBeLessThan(2 * MIB * 1.2);
    expect(usage.ioWriteBytes).toBeGreaterThanOrEqual(40 * 65536);
    expect(usage.ioReadBytes).toBeGreaterThanOrEqual(40 * 65536);
  });

  it('ends a process at once that waits for its turn to write', async () => {
    expect(await measureKillOfThrottled(groups, disk.file, disk)).toEqual({ signal: 'SIGKILL', left: 0 });
  });

  it('ends a fork bomb', async () => {
    expect(await measureKillOfForkBomb(groups, 100)).toEqual({ left: 0 });
  });

  it('gives a name to one of many who want it at once', async () => {
    const name = newName();
    const made = await Promise.all(Array.from({ length: 10 }, () => groups.create(name, { pids: 10 }, [])));
    const [winner, ...others] = made.filter((group) => group !== undefined);
    expect(others).toEqual([]);
    expect(await groups.list()).toContain(name);
    await winner?.remove();
    expect(await groups.list()).not.toContain(name);
  });

  it('uses only the hierarchies that the limits and the figures need, and leaves none behind', async () => {
    const name = newName();
    const group = await groups.create(name, { pids: 10 }, []);
    expect(placesOf(name)).toEqual(['pids', 'memory', 'cpuacct', 'blkio']);
    await group?.remove();
    await group?.remove();
    expect(placesOf(name)).toEqual([]);
    await withGroup(groups, { pids: 10, cpuPercent: 50, cpuCores: [0] }, [], async (other) => {
      expect(placesOf(other.name)).toEqual(EVERY_HIERARCHY);
    });
  });

  it('leaves nothing when the kernel refuses a limit', async () => {
    const name = newName();
    await expect(groups.create(name, { pids: -5, memoryBytes: MIB }, [])).rejects.toMatchObject({
      code: 'E_LIMIT_UNENFORCEABLE',
      message: expect.stringContaining('does not take -5 for pids.max (EINVAL)'),
    });
    expect(placesOf(name)).toEqual([]);
  });

  it('finds a group by its name, with all that it is for', async () => {
    await withGroup(groups, { pids: 10, memoryBytes: 64 * MIB }, [], async ({ name }) => {
      const found = await groups.find(name);
      if (found === undefined) throw new Error('not found');
      expect(await runIn(found, 'exec dd if=/dev/zero of=/dev/null bs=8M count=1')).toMatchObject({ status: 0 });
      expect((await found.usage()).peakMemoryBytes).toBeGreaterThan(8 * MIB);
      const running = new HeldScript('exec sleep 1000');
      await found.add(running.pid);
      await found.kill();
      expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
    });
    expect(await groups.find(newName())).toBeUndefined();
  });

  it('says that a process is gone before it could be put in', async () => {
    await withGroup(groups, { pids: 10 }, [], async (group) => {
      const held = new HeldScript('exit 0');
      held.release();
      await held.ended;
      await expect(group.add(held.pid)).rejects.toMatchObject({ code: 'E_NOT_STARTED' });
    });
  });

  it.each([
    [{ cpuPercent: 0.05 }, /smallest share/],
    [{ cpuCores: [0, 4000] }, /no core 4000/],
    [{ cpuCores: [] }, /no core is named/],
  ])('refuses %j without making anything', (limits, message) => {
    expect(() => groups.check(limits)).toThrow(message);
    expect(() => groups.check(limits)).toThrow(expect.objectContaining({ code: 'E_LIMIT_UNENFORCEABLE' }));
  });

  it('refuses an IO limit of what is no disk', async () => {
    await expect(groups.create(newName(), { ioBytesPerSecond: MIB }, [{ major: 0, minor: 1 }])).rejects.toMatchObject({
      code: 'E_LIMIT_UNENFORCEABLE',
      message: expect.stringContaining('0:1 is no block device'),
    });
  });

  it('sweeps away the groups of owners that were killed, and no others', async () => {
    const [young, used, alive, abandoned] = [newName(), newName(), newName(), newName()];
    const made = await Promise.all(
      [young, used, alive, abandoned].map((name) => groups.create(name, { pids: 10 }, [])),
    );
    const held = new HeldScript('exec sleep 1000');
    await made[1]?.add(held.pid);
    const longAgo = new Date(Date.now() - 120_000);
    for (const name of [used, alive, abandoned]) utimesSync(directoryOf(groups, 'pids', name), longAgo, longAgo);
    const removed = await sweepControlGroups(groups, (name) => name !== used && name !== abandoned);
    expect(removed).toEqual([abandoned]);
    expect(placesOf(abandoned)).toEqual([]);
    await made[1]?.kill();
    await held.ended;
    for (const group of made) await group?.remove();
  });

  it('can be warmed up without moving anything', () => {
    groups.warmUp();
  });
});
