import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';

/**
 * Moves a finished file or directory to its place in the cache. Its name says what is in it, so when another build was
 * first, what is there is the same.
 */
export async function publish(made: string, target: string): Promise<void> {
  await makeCacheDirectory(path.dirname(target));
  try {
    await rename(made, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

/** Searchable by the ids of roots, whatever the umask. */
async function makeCacheDirectory(dir: string): Promise<void> {
  const umask = process.umask(0o022);
  try {
    await mkdir(dir, { recursive: true });
  } finally {
    process.umask(umask);
  }
}
