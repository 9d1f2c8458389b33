import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../../../core/contracts/id-map.js';

/** Larger files are data, and reading them all would take long. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** What in a layer does not belong in any root: ids of the host, and its paths. */
export function foreignFiles(layerDir: string, ids: IdMap, storeRoot: string): readonly string[] {
  const problems: string[] = [];
  const isOurs = (id: number) => id >= ids.hostStart && id < ids.hostStart + ids.size;
  for (const name of readdirSync(layerDir, { recursive: true, encoding: 'utf8' })) {
    const hostPath = path.join(layerDir, name);
    const stat = lstatSync(hostPath);
    if (!isOurs(stat.uid) || !isOurs(stat.gid)) {
      problems.push(`/${name} belongs to ${stat.uid}:${stat.gid} of the host, not to the store's ids`);
    }
    const names = stat.isSymbolicLink()
      ? readlinkSync(hostPath).includes(storeRoot)
      : stat.isFile() && stat.size <= MAX_READ_BYTES && readFileSync(hostPath).includes(storeRoot);
    if (names) problems.push(`/${name} names a path of the host: ${storeRoot}`);
  }
  return problems;
}
