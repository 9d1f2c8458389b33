import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../core/contracts/id-map.js';
import type { Jobs } from '../core/engine/jobs.js';
import type { JobLimits } from '../core/jobs/job-spec.js';
import { findControlGroups } from '../plugins/isolation/control-groups/detect.js';
import { groupName } from '../plugins/isolation/job-group.js';
import { Collector } from '../plugins/isolation/test-support/run.js';
import { createJobs } from '../plugins/jobs.js';
import { runHostile, splitIds, withIds } from './support/hostile-job.js';
import { makeHostileStore, removeHostileStore, TINY } from './support/hostile-store.js';
import { expectNoRemains } from './support/job-remains.js';

/** Scripts for perl that go on until they are ended, and what each takes. */
const HOGS: Readonly<Record<string, string>> = {
  processes: '1 while 1 + (fork // 0)',
  'processes that come and go': 'for (1..20) { last if fork } while (1) { $p = fork; exit if defined $p && !$p; wait }',
  'processor time': 'fork for 1..5; 1 while 1',
  memory: '$n = 10 << 20; while (1) { $x = "x" x $n; undef $x }',
  disk: 'while (1) { open F, ">", "/work/x"; syswrite F, "x" x (1 << 20) for 1..30; close F; unlink "/work/x" }',
  output: '$x = "x" x 65536; syswrite STDOUT, $x while 1',
};

/** All on one core, so that what one job gets, another does not. */
const LIMITS: JobLimits = { cpuCores: '0', maxMemory: '64M', maxPids: 64, maxDisk: '64M', maxCpu: 100 };

describe('beside a job that takes what it can', () => {
  let store: string;
  beforeAll(() => {
    store = makeHostileStore();
  });
  afterAll(() => removeHostileStore(store));

  it.each(Object.entries(HOGS))('another job has its share and its end: %s', async (_, script) => {
    const jobs = createJobs({ root: store, host: { env: process.env, home: '/root', now: () => new Date() } });
    const end = new AbortController();
    const said = new Beginning();
    const hog = await jobs.run({
      ...LIMITS,
      runtime: TINY,
      args: withIds(['perl', '-e', script]),
      stdout: said,
      stderr: 'ignore',
      signal: end.signal,
    });
    try {
      await said.line;
      await shareBeside(jobs, said.text);
    } finally {
      end.abort();
    }
    expect(await hog.exit).toMatchObject({ cancelled: true });
    await expectNoRemains(store, splitIds(said.text).hostStart);
  });

  async function shareBeside(jobs: Jobs, hogSaid: string): Promise<void> {
    const { hostStart } = splitIds(hogSaid);
    const stdout = new Collector();
    const other = await jobs.run({
      ...LIMITS,
      runtime: TINY,
      args: [
        'perl',
        '-e',
        '$| = 1; print "begin\\n"; do { 1 for 1..10000; ($u, $s) = times } while $u + $s < 1; print "end\\n"',
      ],
      stdout,
      stderr: 'ignore',
    });
    await stdout.until('begin');
    const before = await cpuMsOf(hostStart);
    await stdout.until('end');
    const taken = (await cpuMsOf(hostStart)) - before;
    expect(await other.exit).toMatchObject({ status: 0, reason: 'exited' });
    // Alike, both would have a second. 64 processes against one would have a minute.
    expect(taken).toBeLessThan(4000);
    // The command line works too.
    expect(await runHostile(store, {}, ['true'])).toMatchObject({ status: 0 });
  }
});

/** Keeps the first line; takes the rest. */
class Beginning extends Writable {
  text = '';
  private found: () => void = () => {};
  readonly line = new Promise<void>((resolve) => {
    this.found = resolve;
  });

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.text.includes('\n')) this.text += chunk.toString('latin1');
    if (this.text.includes('\n')) this.found();
    done();
  }
}

async function cpuMsOf(hostStart: number): Promise<number> {
  const name = groupName((hostStart - DEFAULT_ID_MAP.hostStart) / DEFAULT_ID_MAP.size);
  const usage = await (await findControlGroups().find(name))?.usage();
  if (usage?.cpuMs === undefined) throw new Error(`no usage of ${name}`);
  return usage.cpuMs;
}
