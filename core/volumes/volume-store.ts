import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { inject, injectable } from 'tsyringe';
import { HOST, type Host } from '../contracts/host.js';
import type { VolumeMount } from '../contracts/isolator.js';
import { VOLUME_IMAGES, type VolumeImages } from '../contracts/volume-images.js';
import { hostUnfit, insufficientDiskSpace, usageError } from '../errors/errors.js';
import { volumeExists, volumeInUse, volumeLost, volumeNotFound } from '../errors/volume-errors.js';
import { acquireLock } from '../store/file-lock.js';
import { StorePaths } from '../store/store-paths.js';
import { checkVolumeName, parseVolumeSize, type Volume, type VolumeRequest, type VolumeUse } from './volume.js';
import { MEMORY_DIRECTORY, VolumeFiles, type VolumeRecord } from './volume-files.js';

/** The volumes of a store. All methods throw JobletError. */
export interface Volumes {
  /** Throws E_USAGE, E_VOLUME_EXISTS, E_DISK_SPACE. */
  create(request: VolumeRequest): Promise<Volume>;
  /** All, by name. */
  list(): Promise<readonly Volume[]>;
  /** Throws E_VOLUME_NOT_FOUND, E_VOLUME_IN_USE. */
  remove(name: string): Promise<Volume>;
}

/** The kernel lets go of the image of a job that has ended a moment later. */
const RELEASE_ATTEMPTS = 20;
const RELEASE_WAIT_MS = 50;

const MB = 1024 * 1024;

/**
 * One lock for each volume is held while it is made, removed, repaired or mounted (the isolator does that, with the lock's path).
 * Whether a volume is in use is what the kernel says of its image, so nothing is left behind by who dies.
 */
@injectable()
export class VolumeStore implements Volumes {
  constructor(
    @inject(VOLUME_IMAGES) private readonly images: VolumeImages,
    @inject(HOST) private readonly host: Host,
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(VolumeFiles) private readonly files: VolumeFiles,
  ) {}

  async create({ name, size, type = 'filesystem' }: VolumeRequest): Promise<Volume> {
    checkVolumeName(name);
    const sizeBytes = parseVolumeSize(size);
    await this.files.prepare();
    return this.locked(name, async () => {
      if (await this.files.read(name)) throw volumeExists(name);
      await checkRoom(type === 'memory' ? MEMORY_DIRECTORY : this.files.directory, sizeBytes);
      const createdAt = this.host.now().toISOString();
      const { draft, imagePath } = await this.files.draft({ name, size, sizeBytes, type, createdAt });
      try {
        await this.images.create({ path: imagePath, sizeBytes, durable: type === 'filesystem' });
        await this.files.publish(draft, name);
      } catch (error) {
        await this.files.discard(draft);
        throw error;
      }
      return this.find(name);
    });
  }

  async list(): Promise<readonly Volume[]> {
    const records = await Promise.all((await this.files.names()).map((name) => this.files.read(name)));
    return Promise.all(records.filter((record) => record !== undefined).map((record) => this.describe(record)));
  }

  async remove(name: string): Promise<Volume> {
    checkVolumeName(name);
    // Before the lock: a store that has no such volume is left as it is.
    await this.find(name);
    return this.locked(name, async () => {
      const volume = await this.find(name);
      if (await this.staysInUse(volume)) throw volumeInUse(name);
      await this.files.discard(this.files.of(name));
      return volume;
    });
  }

  /** What the isolator needs of the volumes of a job. Throws E_VOLUME_NOT_FOUND, E_VOLUME_LOST, E_VOLUME_DAMAGED. */
  async open(uses: readonly VolumeUse[]): Promise<readonly VolumeMount[]> {
    const names = uses.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw usageError(`volume ${twice} is given twice`, 'a job has one /volumes/NAME: give it once');
    const mounts: VolumeMount[] = [];
    for (const { name, readonly = false } of uses) {
      checkVolumeName(name);
      const { lost } = await this.find(name);
      if (lost) throw volumeLost(name);
      const imagePath = await this.locked(name, async () => {
        const volume = await this.find(name);
        if (!volume.inUse) await this.images.repair(volume.imagePath);
        return volume.imagePath;
      });
      mounts.push({ name, imagePath, readonly, lockPath: this.lockPath(name) });
    }
    return mounts;
  }

  private async find(name: string): Promise<Volume> {
    const record = await this.files.read(name);
    if (!record) throw volumeNotFound(name, await this.files.names());
    return this.describe(record);
  }

  private async describe(record: VolumeRecord): Promise<Volume> {
    const lost = await this.files.isLost(record);
    return { ...record, lost, inUse: !lost && (await this.images.isAttached(record.imagePath)) };
  }

  private async staysInUse(volume: Volume): Promise<boolean> {
    if (!volume.inUse) return false;
    for (let attempt = 0; attempt < RELEASE_ATTEMPTS; attempt++) {
      await delay(RELEASE_WAIT_MS);
      if (!(await this.images.isAttached(volume.imagePath))) return false;
    }
    return true;
  }

  private lockPath(name: string): string {
    return this.paths.lock(`volume-${name}`);
  }

  private async locked<T>(name: string, action: () => Promise<T>): Promise<T> {
    const lock = await acquireLock(this.lockPath(name));
    try {
      return await action();
    } finally {
      await lock.release();
    }
  }
}

/** An image grows as it fills: that it fits now is no promise, but one that does not fit now never will. */
async function checkRoom(directory: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory).catch((cause) => {
    throw hostUnfit(`${directory} is not there`, 'it is where volumes in memory are: mount a tmpfs on it', cause);
  });
  if (bavail * bsize >= sizeBytes) return;
  throw insufficientDiskSpace(Math.floor((bavail * bsize) / MB), Math.ceil(sizeBytes / MB), directory);
}
