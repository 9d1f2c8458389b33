import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../core/contracts/id-map.js';
import { Ext4Images } from './ext4-images.js';

const images = new Ext4Images(DEFAULT_ID_MAP);
const MB = 1024 * 1024;

let scratch: string;
let image: string;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'joblet-volume-'));
  image = path.join(scratch, 'volume.img');
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a script in /mnt of a mount namespace of its own, where the image is mounted as a job has it. */
function mounted(script: string) {
  const steps = 'mount -t ext4 -o loop,nosuid,nodev "$1" /mnt && cd /mnt && eval "$2"';
  return execa('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', steps, 'sh', image, script], {
    reject: false,
    all: true,
  });
}

describe.each([
  ['on disk', true],
  ['in memory', false],
] as const)('an image of a volume %s', (_, durable) => {
  it('is an empty file system that jobs can write, and root’s alone on the host', async () => {
    await images.create({ path: image, sizeBytes: 16 * MB, durable });
    expect(statSync(image)).toMatchObject({ size: 16 * MB, uid: 0 });
    expect(statSync(image).mode & 0o777).toBe(0o600);
    expect(statSync(image).blocks * 512).toBeLessThan(4 * MB);
    const { stdout } = await mounted('ls -A; stat -c "%a %u %g" .');
    expect(stdout).toBe(`1777 ${DEFAULT_ID_MAP.hostStart} ${DEFAULT_ID_MAP.hostStart}`);
    const features = await execa('dumpe2fs', ['-h', image]);
    expect(features.stdout.includes('has_journal')).toBe(durable);
  });

  it('is full when it is full', async () => {
    await images.create({ path: image, sizeBytes: 16 * MB, durable });
    const { all } = await mounted('head -c 20M /dev/zero > fill; stat -c %s fill');
    expect(all).toContain('No space left on device');
    const written = Number(all?.split('\n').at(-1));
    expect(written).toBeGreaterThan(8 * MB);
    expect(written).toBeLessThan(16 * MB);
  });
});

describe('an image', () => {
  beforeEach(() => images.create({ path: image, sizeBytes: 16 * MB, durable: true }));

  it('is attached as long as it is mounted anywhere', async () => {
    expect(await images.isAttached(image)).toBe(false);
    const holder = mounted('echo mounted; cat');
    await once(holder.stdout, 'data');
    expect(await images.isAttached(image)).toBe(true);
    holder.stdin.end();
    await holder;
    await expect.poll(() => images.isAttached(image)).toBe(false);
  });

  it('has its files after a crash in the midst of writing', async () => {
    await mounted('echo kept > kept; sync');
    const crashed = mounted('for n in 1 2 3 4 5 6 7 8 9; do echo $n > $n; done; sync; cp "$1" "$1.crashed"');
    await crashed;
    // As it was with everything under way: its journal is still to be replayed.
    await execa('mv', [`${image}.crashed`, image]);
    const before = await execa('dumpe2fs', ['-h', image]);
    expect(before.stdout).toContain('needs_recovery');
    await images.repair(image);
    const after = await execa('dumpe2fs', ['-h', image]);
    expect(after.stdout).not.toContain('needs_recovery');
    expect((await mounted('cat kept 9')).stdout).toBe('kept\n9');
  });

  it('is refused when it is damaged beyond what repairs itself', async () => {
    writeFileSync(image, Buffer.alloc(16 * MB, 'x'));
    await expect(images.repair(image)).rejects.toMatchObject({
      code: 'E_VOLUME_DAMAGED',
      exitCode: 4,
      hint: expect.stringContaining('e2fsck -f'),
    });
  });

  it('is never written over', async () => {
    await expect(images.create({ path: image, sizeBytes: 4 * MB, durable: true })).rejects.toMatchObject({
      code: 'EEXIST',
    });
  });
});

it('leaves nothing when a file system cannot be made', async () => {
  await expect(images.create({ path: image, sizeBytes: 1024, durable: true })).rejects.toMatchObject({
    code: 'E_HOST_UNFIT',
    hint: expect.any(String),
  });
  expect(existsSync(image)).toBe(false);
});
