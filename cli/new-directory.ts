import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { usageError } from '../core/errors/errors.js';
import { JOBLET_VERSION } from '../core/version.js';

/** Writes files (path -> content) to a directory that is not there yet, or empty. Resolves with its absolute path. */
export async function writeNewDirectory(dir: string, files: ReadonlyMap<string, string>): Promise<string> {
  const target = path.resolve(dir);
  const there = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw usageError(`${target} cannot be written to: ${error.code}`, 'name another one with --directory');
  });
  if (there.length > 0) throw usageError(`${target} is not empty`, 'name another one with --directory');
  for (const [name, content] of files) {
    const file = path.join(target, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { flag: 'wx' });
  }
  return target;
}

/** What npm can install this very joblet from: the registry, or the folder of a checkout. */
export function jobletPackage(): string {
  const home = packageHome(path.dirname(fileURLToPath(import.meta.url)));
  return home.split(path.sep).includes('node_modules') ? `^${JOBLET_VERSION}` : `file:${home}`;
}

function packageHome(from: string): string {
  return existsSync(path.join(from, 'package.json')) || from === '/' ? from : packageHome(path.dirname(from));
}
