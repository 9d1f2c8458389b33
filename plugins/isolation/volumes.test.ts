import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../core/contracts/id-map.js';
import type { IsolatedProcess, VolumeMount } from '../../core/contracts/isolator.js';
import { Ext4Images } from '../volumes/ext4-images.js';
import { Collector, isolator, jobIn, runJob } from './test-support/run.js';
import { giveToMappedRoot, makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

const MB = 1024 * 1024;
const images = new Ext4Images(DEFAULT_ID_MAP);

describe('a volume in jobs', () => {
  let scratch: string;
  let root: string;
  let volume: VolumeMount;
  let count = 0;
  const job = (script: string, more: Partial<IsolatedProcess> = {}) =>
    runJob(root, ['sh', '-c', script], { limits: { pids: 64 }, volumes: [volume], ...more });

  beforeAll(() => {
    scratch = scratchDirectory();
    chmodSync(scratch, 0o755);
    root = makeTinyRoot(path.join(scratch, 'root'));
    giveToMappedRoot(root);
  });
  beforeEach(async () => {
    const imagePath = path.join(scratch, `${count++}.img`);
    await images.create({ path: imagePath, sizeBytes: 16 * MB, durable: true });
    volume = { name: 'data', imagePath, readonly: false, lockPath: `${imagePath}.lock` };
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('keeps what one writes for the next, which is as much its own', async () => {
    expect(await job('echo kept >/volumes/data/x; ls -A /volumes/data')).toMatchObject({ status: 0, stdout: 'x\n' });
    const next = await job('cat /volumes/data/x; stat -c "%u %a" /volumes/data /volumes/data/x; rm /volumes/data/x');
    expect(next).toMatchObject({ status: 0, stdout: 'kept\n0 1777\n0 644\n', stderr: '' });
  });

  it('is full when it is full', async () => {
    const result = await job('dd if=/dev/zero of=/volumes/data/x bs=1M count=32 2>&1; stat -c %s /volumes/data/x');
    expect(result.stdout).toContain('No space left on device');
  });

  it('is read-only where that was asked for, also beside a job that writes', async () => {
    await job('echo kept >/volumes/data/x');
    const stdout = new Collector();
    const writer = isolator.start({
      ...jobIn(root, ['sh', '-c', 'echo ready; sleep 1000']),
      volumes: [volume],
      stdout,
    });
    await stdout.until('ready');
    const reader = await job('cat /volumes/data/x; echo y >/volumes/data/x', {
      volumes: [{ ...volume, readonly: true }],
    });
    writer.kill('SIGKILL');
    await writer.exit;
    expect(reader.stdout).toBe('kept\n');
    expect(reader.stderr).toContain('Read-only file system');
  });

  it('gives no power by set-id files and device nodes', async () => {
    await job('cp /bin/busybox /volumes/data/su; chmod 6755 /volumes/data/su');
    const { stdout } = await job('grep " /volumes/data " /proc/mounts; mknod /volumes/data/null c 1 3 2>&1');
    expect(stdout).toMatch(/nosuid/);
    expect(stdout).toMatch(/nodev/);
    expect(stdout).toMatch(/not permitted/i);
  });

  it('has one loop device however many jobs begin with it at once, and none afterwards', async () => {
    const holders = Array.from({ length: 8 }, () => {
      const stdout = new Collector();
      const running = isolator.start({
        ...jobIn(root, ['sh', '-c', 'echo ready; sleep 1000']),
        volumes: [volume],
        stdout,
      });
      return { running, ready: stdout.until('ready') };
    });
    await Promise.all(holders.map(({ ready }) => ready));
    const { stdout } = await execa('losetup', ['--associated', volume.imagePath, '--noheadings', '--output', 'NAME']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    await Promise.all(
      holders.map(({ running }) => {
        running.kill('SIGKILL');
        return running.exit;
      }),
    );
    await expect.poll(() => images.isAttached(volume.imagePath), { timeout: 60_000 }).toBe(false);
  });

  it('is there for each of many jobs that follow one another', async () => {
    for (let round = 0; round < 10; round++) {
      expect(await job('echo >>/volumes/data/x; wc -l </volumes/data/x')).toMatchObject({
        stdout: `${round + 1}\n`,
        stderr: '',
      });
    }
  });
});
