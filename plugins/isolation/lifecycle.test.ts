import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Isolator, ProcessExit } from '../../core/contracts/isolator.js';
import {
  descendants,
  eventually,
  isGone,
  isolatedProcesses,
  mountsOf,
  openDescriptors,
} from './test-support/host-state.js';
import { Collector, isolator, isolatorWithGrace, jobIn, runJob } from './test-support/run.js';
import { makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

interface TimeLimited {
  readonly exit: ProcessExit;
  readonly stdout: string;
  readonly timeoutMs: number;
}

/** A job that says so when it runs, ignores TERM and HUP, and has a child that left its session. `mark` names all of it. */
const stubborn = (mark: string) =>
  `trap "" TERM HUP INT; setsid sh -c 'trap "" TERM HUP; sleep 1000; : ${mark}' & echo running; sleep 1000; sleep 1000; : ${mark}`;

describe('the end of a job', () => {
  let scratch: string;
  let root: string;

  beforeAll(() => {
    scratch = scratchDirectory();
    root = makeTinyRoot(path.join(scratch, 'root'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** With the first limit that lets the job, which prints `running` at once, get so far before it: machines are slow. */
  async function runToTimeLimit(isolator: Isolator, script: string, timeoutMs = 400): Promise<TimeLimited> {
    const stdout = new Collector();
    const exit = await isolator.start({ ...jobIn(root, ['sh', '-c', script]), stdout, timeoutMs }).exit;
    if (!stdout.text.includes('running')) return runToTimeLimit(isolator, script, timeoutMs * 2);
    return { exit, stdout: stdout.text, timeoutMs };
  }

  it('takes everything with it that the job started', async () => {
    const mark = randomUUID();
    const result = await runJob(root, ['sh', '-c', `setsid sh -c 'sleep 1000; : ${mark}' & echo started; : ${mark}`]);
    expect(result).toMatchObject({ status: 0, stdout: 'started\n' });
    expect(isolatedProcesses(mark)).toEqual([]);
  });

  it('ends a job at its time limit with TERM, and gives status 124', async () => {
    const script = 'trap "echo caught; exit 3" TERM; echo running; while :; do sleep 0.05; done';
    const { exit, stdout } = await runToTimeLimit(isolator, script);
    expect(exit).toMatchObject({ status: 124, timedOut: true, cancelled: false });
    expect(stdout).toBe('running\ncaught\n');
  });

  it('ends a job that ignores TERM with KILL after the grace period', async () => {
    const mark = randomUUID();
    const { exit, timeoutMs } = await runToTimeLimit(isolatorWithGrace(300), stubborn(mark));
    expect(exit).toMatchObject({ status: 124, timedOut: true, cancelled: false });
    // Node's timers may be a millisecond early.
    expect(exit.durationMs).toBeGreaterThan(timeoutMs + 300 - 5);
    expect(isolatedProcesses(mark)).toEqual([]);
  });

  it('ends a job at once when it is cancelled', async () => {
    const mark = randomUUID();
    const stdout = new Collector();
    const controller = new AbortController();
    const job = isolator.start({
      ...jobIn(root, ['sh', '-c', stubborn(mark)]),
      stdout,
      signal: controller.signal,
      timeoutMs: 1_000_000,
    });
    await stdout.until('running');
    controller.abort();
    expect(await job.exit).toMatchObject({ status: 137, timedOut: false, cancelled: true });
    expect(isolatedProcesses(mark)).toEqual([]);
  });

  it('can be cancelled at any moment of its start', async () => {
    const mark = randomUUID();
    for (let delayMs = 0; delayMs < 40; delayMs += 2) {
      const controller = new AbortController();
      const job = isolator.start({ ...jobIn(root, ['sh', '-c', `sleep 1000; : ${mark}`]), signal: controller.signal });
      setTimeout(() => controller.abort(), delayMs);
      expect(await job.exit, `after ${delayMs} ms`).toMatchObject({ cancelled: true });
    }
    expect(isolatedProcesses(mark)).toEqual([]);
  });

  it('is not started when it is cancelled already', async () => {
    expect(await runJob(root, ['true'], { signal: AbortSignal.abort() })).toMatchObject({
      status: 137,
      cancelled: true,
    });
  });

  it('does not wait for a reader that has stopped reading, once it is cancelled', async () => {
    const controller = new AbortController();
    const stdout = new Writable({ write: () => controller.abort() });
    const job = isolator.start({ ...jobIn(root, ['yes']), stdout, signal: controller.signal });
    expect(await job.exit).toMatchObject({ cancelled: true });
  });

  it('passes signals to the main process', async () => {
    const script =
      'trap "echo hup" HUP; trap "echo usr1" USR1; trap "exit 7" INT; echo running; while :; do sleep 0.05; done';
    const stdout = new Collector();
    const job = isolator.start({ ...jobIn(root, ['sh', '-c', script]), stdout });
    await stdout.until('running');
    job.kill('SIGHUP');
    await stdout.until('hup');
    job.kill('SIGUSR1');
    await stdout.until('usr1');
    job.kill('SIGINT');
    expect((await job.exit).status).toBe(7);
    job.kill('SIGTERM');
  });

  it('keeps a signal that comes before the command runs', async () => {
    const job = isolator.start(jobIn(root, ['sleep', '1000']));
    job.kill('SIGTERM');
    expect(await job.exit).toMatchObject({ status: 143, timedOut: false, cancelled: false });
  });

  it('kills all of it by KILL', async () => {
    const mark = randomUUID();
    const stdout = new Collector();
    const job = isolator.start({ ...jobIn(root, ['sh', '-c', stubborn(mark)]), stdout });
    await stdout.until('running');
    job.kill('SIGKILL');
    expect(await job.exit).toMatchObject({ status: 137, cancelled: false, timedOut: false });
    expect(isolatedProcesses(mark)).toEqual([]);
  });

  it('runs twenty at once without mixing them up, and leaves nothing', async () => {
    await runJob(root, ['true']);
    const before = openDescriptors();
    const jobs = Array.from({ length: 20 }, (_, index) =>
      runJob(root, ['sh', '-c', 'echo $0; cat /dev/urandom | head -c 200000 | wc -c; exit $0', String(index)]),
    );
    for (const [index, result] of (await Promise.all(jobs)).entries()) {
      expect(result).toMatchObject({ status: index, stdout: `${index}\n200000\n`, stderr: '' });
    }
    await eventually(() => openDescriptors() <= before);
    expect(mountsOf(scratch)).toEqual([]);
  });

  it('comes when its caller is killed, and leaves no process, mount or file', async () => {
    const mark = randomUUID();
    const out = path.join(scratch, 'program');
    mkdirSync(out);
    const entry = fileURLToPath(new URL('test-support/abandoned-job.ts', import.meta.url));
    await build({
      configFile: false,
      logLevel: 'silent',
      ssr: { noExternal: true },
      build: { ssr: entry, outDir: out, rollupOptions: { output: { entryFileNames: 'program.mjs' } } },
    });
    const caller = execa('node', [path.join(out, 'program.mjs'), root, stubborn(mark)], {
      reject: false,
      buffer: false,
    });
    await once(caller.stdout, 'data');
    const started = descendants(caller.pid ?? 0);
    expect(started.length).toBeGreaterThan(3);
    caller.kill('SIGKILL');
    expect((await caller).signal).toBe('SIGKILL');
    await eventually(() => started.every(isGone));
    expect(isolatedProcesses(mark)).toEqual([]);
    expect(mountsOf(scratch)).toEqual([]);
  });
});
