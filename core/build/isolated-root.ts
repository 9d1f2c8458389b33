import { chmodSync, lchownSync, linkSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../contracts/id-map.js';
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
  add(rootPath: string): boolean {
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
    if (entry.type === 'link') this.add(resolveLink(entry));
    return true;
  }

  /** A file of our own making, in place of whatever is there. Owned by root inside. */
  write(rootPath: string, content: string | Uint8Array, mode = 0o644): void {
    const file = this.makeParents(rootPath);
    // Never through a hard link: that would change the layer.
    rmSync(file, { force: true });
    writeFileSync(file, content);
    this.own(file, 0, 0, mode);
    this.#added.add(rootPath);
  }

  link(rootPath: string, target: string): void {
    const file = this.makeParents(rootPath);
    rmSync(file, { force: true });
    symlinkSync(target, file);
    lchownSync(file, this.parts.ids.hostStart, this.parts.ids.hostStart);
    this.#added.add(rootPath);
  }

  /** An empty directory, made if it is not there. */
  directory(rootPath: string, mode: number): void {
    const dir = this.makeParents(rootPath);
    if (!lstatSync(dir, { throwIfNoEntry: false })) mkdirSync(dir);
    this.own(dir, 0, 0, mode);
    this.#added.add(rootPath);
  }

  private makeParents(rootPath: string): string {
    const parent = path.posix.dirname(rootPath);
    if (parent !== '/' && !this.#added.has(parent) && !this.add(parent)) this.directory(parent, 0o755);
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
      if (source === undefined) throw new Error(`${entry.path} is in the root but in none of its layers`);
      linkSync(source, file);
    }
  }

  private own(file: string, uid: number, gid: number, mode: number): void {
    lchownSync(file, this.parts.ids.hostStart + uid, this.parts.ids.hostStart + gid);
    chmodSync(file, mode);
  }
}
