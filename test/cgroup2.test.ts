import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Limits on a kernel with control groups of version 2. It is an emulated machine, so that a second of its processor is little work: what is
 * measured is that nothing gets more than it may.
 */

const reason = process.arch === 'x64' ? undefined : 'the virtual machine is an x86-64 one';

const MIB = 1024 * 1024;

const here = path.dirname(fileURLToPath(import.meta.url));

/** Programs to run one after another, each in a surrounding of its own; each prints one line. */
const ORDERS = (program: string) => `
  set -e
  node ${program} groups
  TMPDIR=/run/disk node ${program} jobs
  mkdir /sys/fs/cgroup/container
  # As in a container whose processes are in the group that it takes for the outermost.
  echo $$ >/sys/fs/cgroup/container/cgroup.procs
  unshare --mount --cgroup sh -ec '
    umount /sys/fs/cgroup
    mount -t cgroup2 none /sys/fs/cgroup
    node ${program} check
    mount -o remount,bind,ro /sys/fs/cgroup
    node ${program} check'
`;

describe.skipIf(reason !== undefined)(`control groups of version 2${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let scratch: string;
  /** By the order in which they are printed. */
  let figures: ReturnType<typeof JSON.parse>[];

  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'joblet-cgroup2-'));
    const program = path.join(scratch, 'measure-limits.cjs');
    await build({
      entryPoints: [path.join(here, 'support/measure-limits.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    const machine = path.join(here, 'cgroup2-vm/run.sh');
    const { stdout } = await execa('bash', [machine, 'bash', '-c', ORDERS(program)]);
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    figures = lines.map((line) => JSON.parse(line));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('hold every limit, and leave nothing', () => {
    const { cpu, io, buffered, memory, pids, ...rest } = figures[0];
    expect(cpu.percent).toBeLessThan(22);
    expect(cpu.throttled).toBeGreaterThan(0);
    expect(memory).toMatchObject({ below: 0, ranOutBelow: false, above: 'SIGKILL', ranOutAbove: true, left: 0 });
    expect(memory.peakMb).toBeGreaterThan(48);
    expect(memory.peakMb).toBeLessThanOrEqual(64);
    expect(pids.most).toBe(12);
    expect(io.write).toBeLessThan(1.2 * MIB);
    expect(io.read).toBeLessThan(1.2 * MIB);
    expect(io.usage.ioReadBytes).toBeGreaterThanOrEqual(40 * 65536);
    expect(io.usage.ioWriteBytes).toBeGreaterThanOrEqual(40 * 65536);
    expect(buffered.status).toBe(0);
    expect(buffered.write).toBeLessThan(1.2 * MIB);
    expect(rest).toEqual({
      version: 2,
      cores: '1',
      killOfThrottled: { signal: 'SIGKILL', left: 0 },
      killOfForkBomb: { left: 0 },
      left: [],
    });
  });

  it('hold jobs', () => {
    const { cpuPercent, forks, io, memory, ...rest } = figures[1];
    expect(cpuPercent).toBeLessThan(22);
    expect(memory).toMatchObject({ status: 137, reason: 'out-of-memory' });
    expect(forks).toBeGreaterThan(20);
    expect(forks).toBeLessThan(40);
    expect(io.bytesPerSecond).toBeLessThan(1.2 * MIB);
    expect(io.counted).toBeGreaterThanOrEqual(4 * MIB);
    expect(io.counted).toBeLessThan(6 * MIB);
    expect(rest).toEqual({ cores: '1', groupsSeen: ['0::/'] });
  });

  it('are refused where a container keeps its processes in its outermost group, with what to do', () => {
    expect(figures[2]).toMatchObject({
      code: 'E_LIMIT_UNENFORCEABLE',
      message: expect.stringContaining('it has processes of its own'),
      hint: expect.stringContaining('mkdir /sys/fs/cgroup/init'),
    });
  });

  it('are refused where a container has them read-only, with what to do', () => {
    expect(figures[3]).toMatchObject({
      code: 'E_LIMIT_UNENFORCEABLE',
      message: expect.stringContaining('read-only'),
      hint: expect.stringContaining('--privileged'),
    });
  });
});
