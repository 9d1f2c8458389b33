import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Bytes of all regular files under a directory; a file with several names in it counts once. */
export function treeSize(dir: string): number {
  const seen = new Set<number>();
  const sizeOf = (at: string): number => {
    let bytes = 0;
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) bytes += sizeOf(file);
      if (!entry.isFile()) continue;
      const { ino, size } = lstatSync(file);
      if (!seen.has(ino)) bytes += size;
      seen.add(ino);
    }
    return bytes;
  };
  return sizeOf(dir);
}
