import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AbuseTable } from './support/abuse-table.js';
import { ABUSES, MEMORY_BYTES, USUAL_FLAGS } from './support/abuses.js';
import { runHostile, splitIds, withIds } from './support/hostile-job.js';
import { makeHostileStore, removeHostileStore, TINY } from './support/hostile-store.js';
import { expectNoRemains } from './support/job-remains.js';
import { rnx, rnxPath } from './support/rnx.js';

const LOG_BYTES = 4_000_000;
/** A gigabyte, in long lines: short ones take the log much longer. */
const FLOOD = ['sh', '-c', 'yes "$(printf %04000d 0)" | head -c 1000000000'];

/** Attempts of jobs to use up their host, or to stay on it. */
describe('a job that takes what it can', () => {
  const table = new AbuseTable();
  let store: string;

  beforeAll(() => {
    store = makeHostileStore();
    mkdirSync(path.join(store, 'config'));
    writeFileSync(path.join(store, 'config/config.yml'), 'jobs: { log_size: 4MB }\n');
  });
  afterAll(() => {
    removeHostileStore(store);
    table.print();
  });

  it.each(ABUSES)('is held: $title', async (abuse) => {
    let blocked = false;
    try {
      const run = await runHostile(store, { ...USUAL_FLAGS, ...abuse.flags }, abuse.command);
      expect(run).toMatchObject(abuse.ends);
      if (abuse.says !== undefined) expect(run.stdout.trim()).toMatch(abuse.says);
      abuse.check?.(run);
      // The kernel lets a process that is about to be ended have a little more.
      expect(run.peakMemoryBytes).not.toBeGreaterThan(1.25 * MEMORY_BYTES);
      await expectNoRemains(store, run.hostStart);
      blocked = true;
    } finally {
      table.add(abuse, blocked);
    }
  });

  it('ends at its time, detached, however many processes it has', async () => {
    const job = (...args: string[]) => rnx(['job', ...args], { env: { JOBLET_ROOT: store } });
    const flags = ['--json', '-d', `--runtime=${TINY}`, '--max-pids=20', '--timeout=1s'];
    const bomb = withIds(['perl', '-e', '$SIG{TERM} = "IGNORE"; 1 while 1 + (fork // 0)']);
    const { stdout } = await job('run', ...flags, ...bomb);
    const id = String(JSON.parse(String(stdout)).job_uuid);
    expect((await job('wait', id)).stdout).toBe('124\n');
    const log = await job('log', id);
    await expectNoRemains(store, splitIds(String(log.stdout)).hostStart);
  });

  it('fills no disk with its log, however much it writes', async () => {
    const jobs = path.join(store, 'jobs');
    const before = readdirSync(jobs);
    const { exitCode } = await rnxJob(FLOOD, 'ignore');
    expect(exitCode).toBe(0);
    const [id = '', ...others] = readdirSync(jobs).filter((name) => !before.includes(name));
    expect(others).toEqual([]);
    expect(statSync(path.join(jobs, id, 'log')).size).toBeLessThanOrEqual(LOG_BYTES);
  });

  it('fills no memory where nobody reads what it writes', async () => {
    const unread = rnxJob(FLOOD, 'pipe');
    const first = await new Promise<string>((resolve) => {
      unread.stdout?.once('data', (chunk) => {
        unread.stdout?.pause();
        resolve(String(chunk));
      });
    });
    await expect.poll(() => isIdle(unread.pid), { timeout: 300_000, interval: 1000 }).toBe(true);
    expect(peakBytes(unread.pid)).toBeLessThan(300 * 2 ** 20);
    unread.stdout?.destroy();
    await unread;
    await expectNoRemains(store, splitIds(first).hostStart);
  });

  function rnxJob(command: readonly string[], stdout: 'ignore' | 'pipe') {
    const args = ['job', 'run', `--runtime=${TINY}`, ...withIds(command)];
    return execa('node', [rnxPath, ...args], {
      env: { JOBLET_ROOT: store },
      stdin: 'ignore',
      stdout,
      buffer: false,
      reject: false,
    });
  }
});

/** Processor time at the last look. */
const looks = new Map<number, string>();

/** Has used no processor time since the last look, a second ago. */
function isIdle(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  const used = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(13, 15).join(' ');
  const idle = looks.get(pid) === used;
  looks.set(pid, used);
  return idle;
}

function peakBytes(pid: number | undefined): number {
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
