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

/**
 * Every directory, file and link of a finished root, by path. Sockets, pipes and devices are no part of a runtime. What cannot
 * be named here is left out: `onLeftOut` gets one line for each reason.
 */
export async function readTree(
  runner: CommandRunner,
  onLeftOut: (what: string) => void = () => {},
): Promise<ReadonlyMap<string, TreeEntry>> {
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
  return parseListing(listing.stdout, onLeftOut);
}

/**
 * The root's own find(1) made the listing, and a hook may have replaced it: what host code will join to paths of the host is
 * taken only in the one form that an honest listing has.
 */
function parseListing(listing: string, onLeftOut: (what: string) => void): ReadonlyMap<string, TreeEntry> {
  const fields = listing.split('\0');
  const tree = new Map<string, TreeEntry>();
  const leftOut = new Map<string, { readonly first: string; count: number }>();
  for (let at = 0; at + 5 < fields.length; at += 6) {
    const [kind = '', uid, gid, mode = '', target = '', entryPath = ''] = fields.slice(at, at + 6);
    if (!isKnownType(kind)) continue;
    const unusable = unusableName(entryPath);
    if (unusable !== undefined) {
      const known = leftOut.get(unusable) ?? { first: entryPath, count: 0 };
      known.count++;
      leftOut.set(unusable, known);
      continue;
    }
    const entry: TreeEntry = {
      path: entryPath,
      type: TYPES[kind],
      uid: Number(uid),
      gid: Number(gid),
      mode: Number.parseInt(mode, 8),
      target,
    };
    if (!isPlausible(entry) || !isDirectory(tree, path.posix.dirname(entryPath)) || tree.has(entryPath)) {
      throw buildStepFailed(
        `the listing of the finished root has an impossible entry: ${JSON.stringify(entryPath)}`,
        'a hook must not replace find or the libraries that it loads',
      );
    }
    tree.set(entryPath, entry);
  }
  for (const [reason, { first, count }] of leftOut)
    onLeftOut(`${count} ${count === 1 ? 'path' : 'paths'} ${reason}: ${JSON.stringify(first.slice(0, MAX_SHOWN))}`);
  return tree;
}

/** Bytes that are no UTF-8 come as this character: the file cannot be named any more. */
const NOT_UTF8 = '\ufffd';
/** With the store's own path before it, a path must fit into the kernel's 4096 bytes. */
const MAX_PATH_BYTES = 3072;
const MAX_SHOWN = 100;

function unusableName(entryPath: string): string | undefined {
  if (entryPath.includes(NOT_UTF8)) return 'with a name that is not UTF-8';
  return Buffer.byteLength(entryPath) > MAX_PATH_BYTES ? `of more than ${MAX_PATH_BYTES} bytes` : undefined;
}

function isPlausible({ path: at, uid, gid, mode }: TreeEntry): boolean {
  const isId = (id: number) => Number.isInteger(id) && id >= 0 && id < 65_536;
  return /^\/./.test(at) && path.posix.resolve(at) === at && isId(uid) && isId(gid) && mode >= 0 && mode <= 0o7777;
}

function isDirectory(tree: ReadonlyMap<string, TreeEntry>, rootPath: string): boolean {
  return rootPath === '/' || tree.get(rootPath)?.type === 'directory';
}

function isKnownType(kind: string): kind is keyof typeof TYPES {
  return kind in TYPES;
}

/**
 * The host's path of a regular file of the merged root: hard links cannot be made from an overlay, only from the layer that
 * has the file. The merged root shows it, so the topmost layer with an entry of that name is the one. No link on the way is
 * followed: on the host it would lead out of the layer.
 */
export function findInLayers(layerDirs: readonly string[], rootPath: string): string | undefined {
  const known = directoriesOf(layerDirs);
  for (const dir of layerDirs) {
    const parent = kindInLayer(dir, path.posix.dirname(rootPath), known);
    if (parent === 'other') return undefined;
    if (parent === 'none') continue;
    const hostPath = path.join(dir, rootPath);
    const found = lstatSync(hostPath, { throwIfNoEntry: false });
    if (found) return found.isFile() ? hostPath : undefined;
  }
  return undefined;
}

type Kind = 'directory' | 'none' | 'other';

/** Layers do not change while they are read, and a directory is asked for by each of its files. */
const directories = new WeakMap<readonly string[], Map<string, Kind>>();

function directoriesOf(layerDirs: readonly string[]): Map<string, Kind> {
  const known = directories.get(layerDirs) ?? new Map<string, Kind>();
  directories.set(layerDirs, known);
  return known;
}

function kindInLayer(layerDir: string, rootPath: string, known: Map<string, Kind>): Kind {
  if (rootPath === '/') return 'directory';
  const hostPath = path.join(layerDir, rootPath);
  const before = known.get(hostPath);
  if (before !== undefined) return before;
  const parent = kindInLayer(layerDir, path.posix.dirname(rootPath), known);
  const kind = parent === 'directory' ? kindOf(hostPath) : parent;
  known.set(hostPath, kind);
  return kind;
}

function kindOf(hostPath: string): Kind {
  const found = lstatSync(hostPath, { throwIfNoEntry: false });
  if (!found) return 'none';
  return found.isDirectory() ? 'directory' : 'other';
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
