import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { STORE_ROOT } from '../contracts/store-root.js';
import { createDirectoryFailed } from '../errors/errors.js';

/**
 * Where everything of a store is. What is made or kept for builds is closed to other users of the host: a hook may leave
 * programs there that run with the ids of the store's roots, which own all of them. The isolator needs no way in, since it mounts
 * roots and layers before it enters their user namespace.
 */
@injectable()
export class StorePaths {
  constructor(@inject(STORE_ROOT) readonly root: string) {}

  get runtimes(): string {
    return path.join(this.root, 'runtimes');
  }
  /** All versions of one runtime. */
  runtimesOf(name: string): string {
    return path.join(this.runtimes, name);
  }
  get layers(): string {
    return path.join(this.root, 'cache/layers');
  }
  /** A link to the minimal root of jobs that name no runtime. */
  get baseRoot(): string {
    return path.join(this.root, 'cache/bases/current');
  }
  /** One pack's own cache. */
  packCache(packId: string): string {
    return path.join(this.root, 'cache/packs', packId);
  }
  /** Records and logs, each job in a directory named by its ID. */
  get jobs(): string {
    return path.join(this.root, 'jobs');
  }
  /** Workspaces of builds that are running. */
  get builds(): string {
    return path.join(this.root, 'state/builds');
  }
  /** Empty disks, from which those of jobs are copied. */
  get emptyDisks(): string {
    return path.join(this.root, 'cache/disks');
  }
  /** A running job's disk, for the moment until it is mounted. */
  disk(name: string): string {
    return path.join(this.root, 'state/disks', `${name}.img`);
  }
  lock(name: string): string {
    return path.join(this.root, 'state/locks', `${name}.lock`);
  }

  /** Makes the directories that a build needs. */
  async prepare(): Promise<void> {
    await makeDirectory(this.runtimes);
    for (const name of ['cache', 'state']) {
      const dir = path.join(this.root, name);
      await makeDirectory(dir);
      await chmod(dir, 0o700);
    }
    for (const dir of [this.layers, this.builds, path.dirname(this.lock('x'))]) await makeDirectory(dir);
  }
}

/** Like mkdir -p, mode 755 whatever the umask. Throws E_CREATE_DIRECTORY. */
export async function makeDirectory(dir: string): Promise<void> {
  try {
    const umask = process.umask(0o022);
    try {
      await mkdir(dir, { recursive: true, mode: 0o755 });
    } finally {
      process.umask(umask);
    }
  } catch (cause) {
    throw createDirectoryFailed(dir, isMissing(cause) ? (firstReason(dir) ?? cause) : cause);
  }
}

/** A short name for anything that JSON can say: equal inputs, equal names. */
export function contentKey(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 32);
}

/** On a read-only file system, a recursive mkdir says ENOENT; the first directory that is missing has the real reason. */
function firstReason(dir: string): unknown {
  const parent = path.dirname(dir);
  if (parent !== dir && !existsSync(parent)) return firstReason(parent);
  try {
    mkdirSync(dir);
    rmdirSync(dir);
    return undefined;
  } catch (reason) {
    return reason;
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
