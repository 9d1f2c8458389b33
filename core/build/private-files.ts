import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IdMap } from '../contracts/id-map.js';

/** A new directory that root inside a root may write to, and nobody else (but the host's root) may read. */
export async function makePrivateDirectory(parent: string, prefix: string, ids: IdMap): Promise<string> {
  const dir = await mkdtemp(path.join(parent, `${prefix}-`));
  await chmod(dir, 0o700);
  await chown(dir, ids.hostStart, ids.hostStart);
  return dir;
}

/** A directory that root inside a root may write to, made if it is not there. */
export async function ownDirectory(dir: string, ids: IdMap, mode = 0o755): Promise<string> {
  await mkdir(dir, { recursive: true });
  await chmod(dir, mode);
  await chown(dir, ids.hostStart, ids.hostStart);
  return dir;
}

/** A file that only root inside the root may read: it may hold a password. */
export async function writePrivateFile(file: string, content: string | Buffer, ids: IdMap): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
  await chown(file, ids.hostStart, ids.hostStart);
}
