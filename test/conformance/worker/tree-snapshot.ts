import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Path below the directory -> all that tells one state of it from another. */
export type TreeSnapshot = ReadonlyMap<string, string>;

/** `content`: two files are the same that have the same in them. `identity`: that are the same, and were not touched. */
export function snapshotTree(
  dir: string,
  kind: 'content' | 'identity',
  isSkipped: (hostPath: string) => boolean = () => false,
): TreeSnapshot {
  const found = new Map<string, string>();
  const walk = (at: string) => {
    for (const name of readdirSync(at)) {
      const hostPath = path.join(at, name);
      if (isSkipped(hostPath)) continue;
      const stat = lstatSync(hostPath, { bigint: true });
      found.set(path.relative(dir, hostPath), fingerprint(hostPath, stat, kind));
      if (stat.isDirectory()) walk(hostPath);
    }
  };
  walk(dir);
  return found;
}

function fingerprint(hostPath: string, stat: BigIntStats, kind: 'content' | 'identity'): string {
  const owner = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`;
  if (stat.isSymbolicLink()) return `${owner} -> ${readlinkSync(hostPath)}`;
  if (stat.isDirectory()) return owner;
  if (kind === 'identity') return `${owner} ${stat.ino} ${stat.size} ${stat.mtimeNs}`;
  // A device or a whiteout of overlayfs has no content.
  if (!stat.isFile()) return `${owner} device ${stat.rdev}`;
  return `${owner} ${createHash('sha256').update(readFileSync(hostPath)).digest('hex')}`;
}

/** What differs, a line each. */
export function treeChanges(before: TreeSnapshot, after: TreeSnapshot): readonly string[] {
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => `/${name} is gone`);
  const others = [...after].flatMap(([name, state]) => {
    const was = before.get(name);
    if (was === undefined) return [`/${name} is new`];
    return was === state ? [] : [`/${name} is another`];
  });
  return [...gone, ...others];
}
