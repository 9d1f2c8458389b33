import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { CommandRunner } from '../contracts/command-runner.js';
import { buildStepFailed } from '../errors/errors.js';

export interface TreeEntry {
  /** Absolute inside the root. */
  readonly path: string;
  readonly type: 'directory' | 'file' | 'link';
  /** As the root sees them. */
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** Of a link: what it says. */
  readonly target: string;
}

const TYPES = { d: 'directory', f: 'file', l: 'link' } as const;
/** Fresh mounts of the isolator: nothing of the root. */
const MOUNTS = ['/proc', '/dev', '/tmp', '/run', '/sys'];

/** Every directory, file and link of a finished root, by path. Sockets, pipes and devices are no part of a runtime. */
export async function readTree(runner: CommandRunner): Promise<ReadonlyMap<string, TreeEntry>> {
  const prune = MOUNTS.flatMap((dir, index) => [...(index === 0 ? [] : ['-o']), '-path', dir]);
  const listing = await runner.run({
    args: [
      'find',
      '/',
      '-xdev',
      '-mindepth',
      '1',
      '(',
      ...prune,
      ')',
      '-prune',
      '-o',
      '-printf',
      '%y\\0%U\\0%G\\0%m\\0%l\\0%p\\0',
    ],
    quiet: true,
  });
  if (listing.status !== 0) throw buildStepFailed('the finished root could not be listed', listing.stderrTail);
  const fields = listing.stdout.split('\0');
  const tree = new Map<string, TreeEntry>();
  for (let at = 0; at + 5 < fields.length; at += 6) {
    const [kind = '', uid, gid, mode = '', target = '', entryPath = ''] = fields.slice(at, at + 6);
    if (!isKnownType(kind)) continue;
    tree.set(entryPath, {
      path: entryPath,
      type: TYPES[kind],
      uid: Number(uid),
      gid: Number(gid),
      mode: Number.parseInt(mode, 8),
      target,
    });
  }
  return tree;
}

function isKnownType(kind: string): kind is keyof typeof TYPES {
  return kind in TYPES;
}

/**
 * The host's path of a file of the merged root: hard links cannot be made from an overlay, only from the layer that has the
 * file. The merged root shows it, so the topmost layer with an entry of that name is the one.
 */
export function findInLayers(layerDirs: readonly string[], rootPath: string): string | undefined {
  for (const dir of layerDirs) {
    const hostPath = path.join(dir, rootPath);
    if (lstatSync(hostPath, { throwIfNoEntry: false })) return hostPath;
  }
  return undefined;
}

/** Follows a link one step, inside the root: an absolute target counts from the root, not from the host. */
export function resolveLink(entry: TreeEntry): string {
  return path.posix.resolve(path.posix.dirname(entry.path), entry.target);
}

/** The real path in a tree whose directories may be links (`/lib` -> `usr/lib`); undefined for what is not there. */
export function canonicalPath(tree: ReadonlyMap<string, TreeEntry>, rootPath: string, hops = 40): string | undefined {
  let real = '';
  const parts = rootPath.split('/').filter((part) => part !== '');
  for (const [index, part] of parts.entries()) {
    const at = path.posix.join('/', real, part);
    const entry = tree.get(at);
    if (!entry) return undefined;
    const last = index === parts.length - 1;
    if (entry.type === 'link' && !last) {
      if (hops === 0) return undefined;
      return canonicalPath(tree, path.posix.join(resolveLink(entry), ...parts.slice(index + 1)), hops - 1);
    }
    real = at;
  }
  return real;
}
