import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHostileStore, removeHostileStore, TINY } from './support/hostile-store.js';
import { rnxPath } from './support/rnx.js';

/**
 * These machines have no GPU. What is described here are devices that every host has, harmless ones, in a file that only the `rnx` of
 * these tests finds below /etc; what a driver does with a GPU is not tested.
 */
const describeTwo = (kind: string) => ({
  cdiVersion: '0.5.0',
  kind,
  containerEdits: { env: ['VENDOR_VISIBLE_DEVICES=void'] },
  devices: ['/dev/zero', '/dev/full'].map((hostPath, index) => ({
    name: String(index),
    containerEdits: { deviceNodes: [{ path: `/dev/vendor${index}`, hostPath }] },
  })),
});

describe('jobs with GPUs', () => {
  let store: string;
  let etc: string;
  /** Of this run alone: tests beside it hold GPUs of their own. */
  let vendor: string;

  beforeAll(() => {
    store = makeHostileStore({ gpu: true });
    vendor = `${path.basename(store)}.example`;
    etc = path.join(store, 'etc');
    mkdirSync(path.join(etc, 'cdi'), { recursive: true });
    writeFileSync(path.join(etc, 'cdi/0-joblet-test.json'), JSON.stringify(describeTwo(`${vendor}/gpu`)));
  });
  afterAll(() => {
    for (const index of [0, 1]) rmSync(`/run/joblet/gpus/${vendor}_gpu_${index}`, { force: true });
    removeHostileStore(store);
  });

  /** `rnx` where /etc has the description too. */
  const rnx = (...args: string[]) =>
    execa(
      'unshare',
      [
        ...['--mount', '--', 'sh', '-c', 'mount -t overlay -o "ro,lowerdir=$0:/etc" overlay /etc && exec node "$@"'],
        ...[etc, rnxPath, ...args],
      ],
      { reject: false, stripFinalNewline: false, stdin: 'ignore', env: { JOBLET_ROOT: store } },
    );
  const run = (...args: string[]) => rnx('job', 'run', `--runtime=${TINY}`, ...args);
  const look = ['sh', '-c', 'echo /dev/vendor* $VENDOR_VISIBLE_DEVICES; head -c 2 /dev/vendor0 | od -An -tx1'];

  it('have one where the runtime requires it, as many as they ask for, and none at 0', async () => {
    expect(await run(...look)).toMatchObject({ exitCode: 0, stdout: '/dev/vendor0 void\n 00 00\n', stderr: '' });
    expect((await run('--gpu=2', ...look)).stdout).toBe('/dev/vendor0 /dev/vendor1 void\n 00 00\n');
    expect((await run('--gpu=0', 'sh', '-c', 'echo /dev/vendor*')).stdout).toBe('/dev/vendor*\n');
  });

  it('hold them, detached too, and are refused when too few are free', async () => {
    const submitted = await run('-d', '--gpu=2', ...look.slice(0, 2), `${look[2]}; sleep 1000`);
    const id = /^ID: (\S+)$/m.exec(submitted.stdout)?.[1] ?? '';
    const log = rnx('job', 'log', id);
    let logged = '';
    for await (const chunk of log.stdout) {
      logged += String(chunk);
      if (logged.includes(' 00 00\n')) break;
    }
    expect(logged).toBe('/dev/vendor0 /dev/vendor1 void\n 00 00\n');
    log.kill();
    await log;
    const refused = await run('true');
    expect(refused).toMatchObject({ exitCode: 125, stdout: '' });
    expect(refused.stderr).toContain('1 GPU asked for, 0 free of 2');
    const status: unknown = JSON.parse((await rnx('job', 'status', id, '--json')).stdout);
    expect(status).toMatchObject({ status: 'RUNNING', gpuCount: 2 });
    await rnx('job', 'stop', id);
    // The record is written while the last of the job's processes end.
    await expect.poll(async () => (await run('true')).exitCode, { timeout: 300_000 }).toBe(0);
  });

  it('are refused where no GPU has as much memory, and leave no record', async () => {
    const before = (await rnx('job', 'list')).stdout;
    const { exitCode, stdout } = await run('--gpu=1', '--gpu-memory=900T', '--json', 'true');
    expect(exitCode).toBe(125);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'E_GPU_UNAVAILABLE' } });
    expect((await rnx('job', 'list')).stdout).toBe(before);
  });
});
