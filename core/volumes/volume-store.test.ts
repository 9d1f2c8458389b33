import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewVolumeImage, VolumeImages } from '../contracts/volume-images.js';
import { acquireLock } from '../store/file-lock.js';
import { StorePaths } from '../store/store-paths.js';
import { parseVolumeSize, parseVolumeUse } from './volume.js';
import { MEMORY_DIRECTORY, VolumeFiles } from './volume-files.js';
import { VolumeStore } from './volume-store.js';

class FakeImages implements VolumeImages {
  readonly created: NewVolumeImage[] = [];
  readonly repaired: string[] = [];
  readonly attached = new Set<string>();
  failure: Error | undefined;

  async create(image: NewVolumeImage): Promise<void> {
    if (this.failure) throw this.failure;
    this.created.push(image);
    writeFileSync(image.path, '');
  }

  async repair(imagePath: string): Promise<void> {
    this.repaired.push(imagePath);
  }

  async isAttached(imagePath: string): Promise<boolean> {
    return this.attached.has(imagePath);
  }
}

let root: string;
let images: FakeImages;
let store: VolumeStore;
let paths: StorePaths;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'joblet-volumes-'));
  images = new FakeImages();
  paths = new StorePaths(root);
  const host = { env: {}, home: '/', now: () => new Date('2026-01-02T03:04:05Z') };
  store = new VolumeStore(images, host, paths, new VolumeFiles(paths));
});
afterEach(async () => {
  images.attached.clear();
  for (const { name } of await store.list()) await store.remove(name);
  rmSync(root, { recursive: true, force: true });
});

describe('a volume', () => {
  it('is made, listed and removed', async () => {
    const volume = await store.create({ name: 'data', size: '1GB' });
    expect(volume).toMatchObject({
      name: 'data',
      size: '1GB',
      sizeBytes: 2 ** 30,
      type: 'filesystem',
      createdAt: '2026-01-02T03:04:05.000Z',
      lost: false,
      inUse: false,
    });
    expect(images.created).toMatchObject([{ sizeBytes: 2 ** 30, durable: true }]);
    expect(existsSync(volume.imagePath)).toBe(true);
    await store.create({ name: 'a', size: '4M' });
    expect((await store.list()).map(({ name }) => name)).toEqual(['a', 'data']);
    await store.remove('data');
    expect((await store.list()).map(({ name }) => name)).toEqual(['a']);
    expect(readdirSync(path.join(root, 'volumes'))).toEqual(['a']);
  });

  it('is closed to other users', async () => {
    await store.create({ name: 'data', size: '1GB' });
    expect(statSync(path.join(root, 'volumes')).mode & 0o777).toBe(0o700);
  });

  it('is not made twice, not even at once', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => store.create({ name: 'data', size: '1GB' })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'E_VOLUME_EXISTS', exitCode: 2 },
    });
    expect(images.created).toHaveLength(1);
  });

  it('is not there when making it failed, nor after a crash in the midst of it', async () => {
    images.failure = new Error('no');
    const name = `v${randomBytes(8).toString('hex')}`;
    await expect(store.create({ name, size: '1GB', type: 'memory' })).rejects.toThrow('no');
    expect(await store.list()).toEqual([]);
    expect(readdirSync(path.join(root, 'volumes'))).toEqual([]);
    expect(readdirSync(MEMORY_DIRECTORY).filter((entry) => entry.includes(name))).toEqual([]);
    images.failure = undefined;
    const { imagePath } = await store.create({ name: 'data', size: '1GB' });
    renameSync(path.dirname(imagePath), path.join(root, 'volumes/.data'));
    expect(await store.list()).toEqual([]);
    await store.create({ name: 'data', size: '2GB' });
    expect(readdirSync(path.join(root, 'volumes'))).toEqual(['data']);
  });

  it('is not removed while a job uses it', async () => {
    const { imagePath } = await store.create({ name: 'data', size: '1GB' });
    images.attached.add(imagePath);
    await expect(store.remove('data')).rejects.toMatchObject({ code: 'E_VOLUME_IN_USE', exitCode: 4 });
    expect(await store.list()).toMatchObject([{ name: 'data', inUse: true }]);
  });

  it('that is not there is named with the nearest that is', async () => {
    await store.create({ name: 'results', size: '1GB' });
    await expect(store.open([{ name: 'result' }])).rejects.toMatchObject({
      code: 'E_VOLUME_NOT_FOUND',
      exitCode: 9,
      hint: 'did you mean results?',
    });
    await expect(store.remove('zzz')).rejects.toMatchObject({ code: 'E_VOLUME_NOT_FOUND', hint: 'there are: results' });
  });

  it('needs room on the disk', async () => {
    await expect(store.create({ name: 'data', size: '16TB' })).rejects.toMatchObject({ code: 'E_DISK_SPACE' });
    expect(await store.list()).toEqual([]);
  });
});

describe('a volume in memory', () => {
  it('has its image in memory, in a directory of our own', async () => {
    const { imagePath } = await store.create({ name: 'fast', size: '16MB', type: 'memory' });
    expect(imagePath.startsWith(`${MEMORY_DIRECTORY}/joblet-volume-fast-`)).toBe(true);
    expect(statSync(path.dirname(imagePath)).mode & 0o777).toBe(0o700);
    expect(images.created).toMatchObject([{ durable: false }]);
    await store.remove('fast');
    expect(existsSync(path.dirname(imagePath))).toBe(false);
  });

  it.each([
    ['after a restart', () => {}],
    ['when another user put a link there', (directory: string) => symlinkSync('/tmp', directory)],
    [
      'when its directory is open to others',
      (directory: string, kept: string) => {
        renameSync(kept, directory);
        chmodSync(directory, 0o777);
      },
    ],
  ])('is lost %s, and can be removed and made anew', async (_, put) => {
    const { imagePath } = await store.create({ name: 'fast', size: '16MB', type: 'memory' });
    const directory = path.dirname(imagePath);
    const kept = `${directory}-kept`;
    renameSync(directory, kept);
    put(directory, kept);
    try {
      expect(await store.list()).toMatchObject([{ name: 'fast', lost: true }]);
      await expect(store.open([{ name: 'fast' }])).rejects.toMatchObject({ code: 'E_VOLUME_LOST', exitCode: 9 });
      await store.remove('fast');
      await store.create({ name: 'fast', size: '16MB', type: 'memory' });
      expect(await store.list()).toMatchObject([{ lost: false }]);
    } finally {
      for (const left of [directory, kept]) rmSync(left, { recursive: true, force: true });
    }
  });
});

describe('a job’s volumes', () => {
  it('are repaired where no job has them, and come with the lock to mount them under', async () => {
    const { imagePath } = await store.create({ name: 'data', size: '1GB' });
    const { imagePath: used } = await store.create({ name: 'used', size: '1GB' });
    images.attached.add(used);
    expect(await store.open([{ name: 'data', readonly: true }, { name: 'used' }])).toEqual([
      { name: 'data', imagePath, readonly: true, lockPath: paths.lock('volume-data') },
      { name: 'used', imagePath: used, readonly: false, lockPath: paths.lock('volume-used') },
    ]);
    expect(images.repaired).toEqual([imagePath]);
  });

  it('wait for who mounts or removes them', async () => {
    const { imagePath } = await store.create({ name: 'data', size: '1GB' });
    const lock = await acquireLock(paths.lock('volume-data'));
    const opening = store.open([{ name: 'data' }]);
    images.attached.add(imagePath);
    await lock.release();
    await opening;
    expect(images.repaired).toEqual([]);
  });

  it('are given once', async () => {
    await store.create({ name: 'data', size: '1GB' });
    await expect(store.open([{ name: 'data' }, { name: 'data', readonly: true }])).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });
});

describe('names and sizes', () => {
  it.each(['', '.', '..', '-x', 'A', 'a/b', 'a b', 'a\n', 'x'.repeat(64), 'é'])(
    'no volume is called %j',
    async (name) => {
      await expect(store.create({ name, size: '1GB' })).rejects.toMatchObject({ code: 'E_USAGE' });
      await expect(store.remove(name)).rejects.toMatchObject({ code: 'E_USAGE' });
    },
  );

  it.each([
    ['1GB', 2 ** 30],
    ['1G', 2 ** 30],
    ['1.5GB', 1.5 * 2 ** 30],
    ['512MiB', 2 ** 29],
    ['4MB', 2 ** 22],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseVolumeSize(text)).toBe(bytes);
  });

  it.each(['', '1', 'GB', '-1GB', '3MB', '17TB', '1GB2'])('%j is refused as a size', (size) => {
    expect(() => parseVolumeSize(size)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });

  it.each([
    ['data', { name: 'data', readonly: false }],
    ['data:ro', { name: 'data', readonly: true }],
    ['data:rw', { name: 'data', readonly: false }],
  ])('--volume %s', (text, use) => {
    expect(parseVolumeUse(text)).toEqual(use);
  });

  it.each(['', ':ro', 'data:', 'data:RO', 'data:ro:x', '/data', 'a:/mnt'])('--volume %j is refused', (text) => {
    expect(() => parseVolumeUse(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});
