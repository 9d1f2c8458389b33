import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** stat(2) counts in these, whatever the file system's own are. */
const BLOCK = 512;

/** Bytes of all regular files under a directory, without their holes; a file with several names in it counts once. */
export function treeSize(dir: string): number {
  const seen = new Set<number>();
  const sizeOf = (at: string): number => {
    let bytes = 0;
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) bytes += sizeOf(file);
      if (!entry.isFile()) continue;
      const { ino, size, blocks } = lstatSync(file);
      if (!seen.has(ino)) bytes += Math.min(size, blocks * BLOCK);
      seen.add(ino);
    }
    return bytes;
  };
  return sizeOf(dir);
}
