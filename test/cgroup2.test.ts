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
  node ${program}
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
  let lines: string[];

  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'joblet-cgroup2-'));
    const program = path.join(scratch, 'measure-limits.mjs');
    await build({
      entryPoints: [path.join(here, 'support/measure-limits.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    const machine = path.join(here, 'cgroup2-vm/run.sh');
    const { stdout } = await execa('bash', [machine, 'bash', '-c', ORDERS(program)]);
    lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('hold every limit, and leave nothing', () => {
    const { cpu, io, buffered, memory, pids, ...rest } = JSON.parse(lines[0] ?? '');
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

  it('are refused where a container keeps its processes in its outermost group, with what to do', () => {
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      code: 'E_LIMIT_UNENFORCEABLE',
      message: expect.stringContaining('it has processes of its own'),
      hint: expect.stringContaining('mkdir /sys/fs/cgroup/init'),
    });
  });

  it('are refused where a container has them read-only, with what to do', () => {
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({
      code: 'E_LIMIT_UNENFORCEABLE',
      message: expect.stringContaining('read-only'),
      hint: expect.stringContaining('--privileged'),
    });
  });
});
