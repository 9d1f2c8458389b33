import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';

/** A new directory that root inside a build root may write to, and nobody else (but the host's root) may read. */
export async function makeOwnedDirectory(parent: string, prefix: string, ids: IdMap): Promise<string> {
  const dir = await mkdtemp(path.join(parent, `${prefix}-`));
  await chmod(dir, 0o700);
  await chown(dir, ids.hostStart, ids.hostStart);
  return dir;
}

/** Like mkdir -p below `dir`, for the same owner, whatever the umask. */
export async function makeOwnedSubdirectory(dir: string, name: string, ids: IdMap, mode = 0o755): Promise<string> {
  const made = path.join(dir, name);
  await mkdir(made);
  await chmod(made, mode);
  await chown(made, ids.hostStart, ids.hostStart);
  return made;
}

/** A file that only root inside the root may read: it may hold a password. */
export async function writePrivateFile(file: string, content: string | Buffer, ids: IdMap): Promise<void> {
  await writeFile(file, content, { mode: 0o600, flag: 'wx' });
  await chown(file, ids.hostStart, ids.hostStart);
}
