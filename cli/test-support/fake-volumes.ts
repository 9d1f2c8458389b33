import { volumeNotFound } from '../../core/errors/volume-errors.js';
import type { Volume, VolumeRequest } from '../../core/volumes/volume.js';
import type { Volumes } from '../../core/volumes/volume-store.js';

export function volume(facts: Partial<Volume> = {}): Volume {
  return {
    name: 'data',
    size: '1GB',
    sizeBytes: 2 ** 30,
    type: 'filesystem',
    createdAt: '2026-01-02T03:04:05.000Z',
    imagePath: '/store/volumes/data/volume.img',
    lost: false,
    inUse: false,
    ...facts,
  };
}

/** Volumes that a test gives, and what was asked of them. */
export class FakeVolumes implements Volumes {
  readonly requests: VolumeRequest[] = [];
  all: readonly Volume[] = [volume()];

  async create(request: VolumeRequest): Promise<Volume> {
    this.requests.push(request);
    return volume(request);
  }

  async list(): Promise<readonly Volume[]> {
    return this.all;
  }

  async remove(name: string): Promise<Volume> {
    const found = this.all.find((one) => one.name === name);
    if (found === undefined) throw volumeNotFound(name, []);
    return found;
  }
}
