import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { readPlainFile } from '../../core/pack-kit.js';
import type { Jar } from './plan-data.js';

/** Node cannot hold more in one buffer than this. */
const MAX_JAR_BYTES = 2 ** 31 - 1;

/** Where the content with this hash is, in every build's cache. */
export function cachedJar(sha256: string, services: Pick<PackServices, 'cacheDir'>): string {
  return path.join(services.cacheDir, 'jars', `${sha256}.jar`);
}

/** Copies a fetched jar into the cache, under its hash. The file was written by a program in a root. */
export async function storeJar(
  file: string,
  jar: Omit<Jar, 'sha256'>,
  services: PackServices,
  ids: IdMap,
): Promise<Jar> {
  const content = readPlainFile(file, MAX_JAR_BYTES);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const target = cachedJar(sha256, services);
  if (!existsSync(target)) {
    await mkdir(path.dirname(target), { recursive: true });
    const made = path.join(services.scratchDir, `${sha256}.jar`);
    await writeFile(made, content);
    await chmod(made, 0o644);
    await chown(made, ids.hostStart, ids.hostStart);
    await rename(made, target);
  }
  return { ...jar, sha256 };
}
