import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../contracts/id-map.js';
import { buildStepFailed } from '../errors/errors.js';
import { readPlainFile } from './read-plain-file.js';
import { canonicalPath, findInLayers, resolveLink, type TreeEntry } from './root-tree.js';

export interface IsolatedRootParts {
  /** Where it is made: `…/isolated` of a workspace. */
  readonly dir: string;
  /** The finished build root. */
  readonly tree: ReadonlyMap<string, TreeEntry>;
  /** Its layers on the host, topmost first. */
  readonly layerDirs: readonly string[];
  readonly ids: IdMap;
  /** Paths of the tree that the runtime is to have, before libraries are followed. */
  readonly selected: ReadonlySet<string>;
}

/** As many links as the kernel follows on the way to a file. */
const MAX_HOPS = 40;

/** The runtime's own root while phases 10 to 12 fill it: files are hard links into the layers, so two runtimes share disk. */
export class IsolatedRoot {
  readonly #added = new Set<string>();

  constructor(private readonly parts: IsolatedRootParts) {
    mkdirSync(parts.dir);
    this.own(parts.dir, 0, 0, 0o755);
  }

  get dir(): string {
    return this.parts.dir;
  }
  get tree(): ReadonlyMap<string, TreeEntry> {
    return this.parts.tree;
  }
  get selected(): ReadonlySet<string> {
    return this.parts.selected;
  }
  get paths(): ReadonlySet<string> {
    return this.#added;
  }

  /** Brings a path of the build root, its parents, and of a link what it leads to. False when the root has no such path. */
  add(rootPath: string, hops = MAX_HOPS): boolean {
    const real = canonicalPath(this.parts.tree, rootPath);
    if (real === undefined) return false;
    // The links on the way (`/lib`) belong to the path as it was named.
    if (real !== rootPath) this.addParents(rootPath);
    if (this.#added.has(real)) return true;
    const entry = this.parts.tree.get(real);
    if (!entry) return false;
    this.#added.add(real);
    this.addParents(real);
    this.place(entry);
    if (entry.type === 'link' && hops > 0) this.add(resolveLink(entry), hops - 1);
    return true;
  }

  /** What a file of the build root has in it, links followed inside the root; undefined where there is none. */
  read(rootPath: string, hops = 10): string | undefined {
    const real = canonicalPath(this.parts.tree, rootPath);
    const entry = real === undefined ? undefined : this.parts.tree.get(real);
    if (entry?.type === 'link' && hops > 0) return this.read(resolveLink(entry), hops - 1);
    const source = entry?.type === 'file' ? findInLayers(this.parts.layerDirs, entry.path) : undefined;
    return source === undefined ? undefined : readPlainFile(source).toString('utf8');
  }

  /** A file of our own making, in place of whatever is there. Owned by root inside. */
  write(rootPath: string, content: string | Uint8Array, mode = 0o644): void {
    const file = this.clear(rootPath);
    writeFileSync(file, content, { flag: 'wx' });
    this.own(file, 0, 0, mode);
    this.#added.add(rootPath);
  }

  link(rootPath: string, target: string): void {
    const file = this.clear(rootPath);
    symlinkSync(target, file);
    lchownSync(file, this.parts.ids.hostStart, this.parts.ids.hostStart);
    this.#added.add(rootPath);
  }

  /** A directory, made if it is not there. A link in its place is followed inside the root. */
  directory(rootPath: string, mode: number): void {
    this.own(this.makeDirectories(rootPath), 0, 0, mode);
    this.#added.add(rootPath);
  }

  /** An empty directory that a job's mount covers: never a link, which would move the mount. */
  mountPoint(rootPath: string, mode: number): void {
    const dir = this.clear(rootPath);
    mkdirSync(dir);
    this.own(dir, 0, 0, mode);
    this.#added.add(rootPath);
  }

  /** Never through a hard link, which would change the layer, nor through a link, which would leave the root. */
  private clear(rootPath: string): string {
    const file = path.join(this.makeDirectories(path.posix.dirname(rootPath)), path.posix.basename(rootPath));
    rmSync(file, { recursive: true, force: true });
    return file;
  }

  /**
   * The host's path of a directory of the isolated root. A hook may have put a link anywhere (`/etc` -> `/etc`): each is followed
   * inside the root, and what leads to no directory gives way to one.
   */
  private makeDirectories(rootPath: string, hops = MAX_HOPS): string {
    let at = '/';
    const parts = rootPath.split('/').filter((part) => part !== '');
    for (const [index, part] of parts.entries()) {
      at = path.posix.join(at, part);
      const file = path.join(this.parts.dir, at);
      if (!lstatSync(file, { throwIfNoEntry: false })) this.add(at);
      const found = lstatSync(file, { throwIfNoEntry: false });
      if (found?.isDirectory()) continue;
      if (found?.isSymbolicLink() && hops > 0) {
        const target = path.posix.resolve(path.posix.dirname(at), readlinkSync(file));
        return this.makeDirectories(path.posix.join(target, ...parts.slice(index + 1)), hops - 1);
      }
      rmSync(file, { force: true });
      mkdirSync(file);
      this.own(file, 0, 0, 0o755);
      this.#added.add(at);
    }
    return path.join(this.parts.dir, rootPath);
  }

  private addParents(rootPath: string): void {
    const parent = path.posix.dirname(rootPath);
    if (parent !== '/' && !this.#added.has(parent)) this.add(parent);
  }

  private place(entry: TreeEntry): void {
    const file = path.join(this.parts.dir, entry.path);
    if (entry.type === 'directory') {
      mkdirSync(file);
      this.own(file, entry.uid, entry.gid, entry.mode);
    } else if (entry.type === 'link') {
      symlinkSync(entry.target, file);
      lchownSync(file, this.parts.ids.hostStart + entry.uid, this.parts.ids.hostStart + entry.gid);
    } else {
      const source = findInLayers(this.parts.layerDirs, entry.path);
      if (source === undefined) {
        throw buildStepFailed(
          `${JSON.stringify(entry.path)} is in the build root's listing but in none of its layers`,
          'a hook must not replace find or the libraries that it loads',
        );
      }
      linkSync(source, file);
    }
  }

  private own(file: string, uid: number, gid: number, mode: number): void {
    lchownSync(file, this.parts.ids.hostStart + uid, this.parts.ids.hostStart + gid);
    chmodSync(file, mode);
  }
}
