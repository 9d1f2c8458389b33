import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { makeDirectory, StorePaths } from '../store/store-paths.js';
import type { VolumeType } from './volume.js';

/** What the store keeps of a volume: `volumes/NAME/volume.json`, beside it the image unless that is in memory. */
export interface VolumeRecord {
  readonly name: string;
  readonly size: string;
  readonly sizeBytes: number;
  readonly type: VolumeType;
  readonly createdAt: string;
  readonly imagePath: string;
}

/** The kernel's own memory file system that every host has. Others may write to it: see `isLost`. */
export const MEMORY_DIRECTORY = '/dev/shm';

const RECORD = 'volume.json';
const IMAGE = 'volume.img';

/** Records and images of volumes on disk. A volume is there, whole, once its directory has its name. */
@injectable()
export class VolumeFiles {
  constructor(@inject(StorePaths) private readonly paths: StorePaths) {}

  get directory(): string {
    return path.join(this.paths.root, 'volumes');
  }

  of(name: string): string {
    return path.join(this.directory, name);
  }

  /** Files in volumes may be set-user-ID, for ids of the store's range: nobody else gets to them. */
  async prepare(): Promise<void> {
    await this.paths.prepare();
    await makeDirectory(this.directory);
    await chmod(this.directory, 0o700);
  }

  async names(): Promise<readonly string[]> {
    const entries = await readdir(this.directory).catch(() => []);
    return entries.filter((name) => !name.startsWith('.')).sort();
  }

  /** Undefined where there is none. */
  async read(name: string): Promise<VolumeRecord | undefined> {
    const text = await readFile(path.join(this.of(name), RECORD), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** A directory that becomes the volume with `publish`. The caller holds the volume's lock, so one that is there is dead. */
  async draft(facts: Omit<VolumeRecord, 'imagePath'>): Promise<{ readonly draft: string; readonly imagePath: string }> {
    const draft = this.of(`.${facts.name}`);
    await this.discard(draft);
    await mkdir(draft, { mode: 0o700 });
    if (facts.type === 'filesystem') {
      await this.write(draft, { ...facts, imagePath: path.join(this.of(facts.name), IMAGE) });
      return { draft, imagePath: path.join(draft, IMAGE) };
    }
    const memory = await mkdtemp(path.join(MEMORY_DIRECTORY, `joblet-volume-${facts.name}-`));
    const imagePath = path.join(memory, IMAGE);
    await this.write(draft, { ...facts, imagePath });
    return { draft, imagePath };
  }

  async publish(draft: string, name: string): Promise<void> {
    await rename(draft, this.of(name));
  }

  /** Removes a volume or a draft of one, in an order that leaves nothing that cannot be found again. */
  async discard(directory: string): Promise<void> {
    const text = await readFile(path.join(directory, RECORD), 'utf8').catch(() => undefined);
    const record: VolumeRecord | undefined = text === undefined ? undefined : JSON.parse(text);
    if (record?.type === 'memory' && (await isOurs(path.dirname(record.imagePath)))) {
      await rm(path.dirname(record.imagePath), { recursive: true, force: true });
    }
    await rm(directory, { recursive: true, force: true });
  }

  /** What was in memory before the host restarted. */
  async isLost({ type, imagePath }: VolumeRecord): Promise<boolean> {
    if (type === 'filesystem') return false;
    if (!(await isOurs(path.dirname(imagePath)))) return true;
    return (await lstat(imagePath).catch(() => undefined)) === undefined;
  }

  private write(directory: string, record: VolumeRecord): Promise<void> {
    return writeFile(path.join(directory, RECORD), `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  }
}

/** Where everybody can make files, another user may have put one of the same name after ours was lost. */
async function isOurs(directory: string): Promise<boolean> {
  const facts = await lstat(directory).catch(() => undefined);
  if (!facts?.isDirectory()) return false;
  return facts.uid === process.geteuid?.() && (facts.mode & 0o077) === 0;
}
