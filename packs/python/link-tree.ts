import { chownSync, copyFileSync, linkSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';

/**
 * Puts every file of `from` into `to` by hard link, making directories as they are needed. Returns the paths that were
 * there already and were replaced. Synchronous calls: for thousands of small steps they are several times quicker.
 */
export function linkTree(from: string, to: string, ids: IdMap): readonly string[] {
  // A program in a root made it: a link here would put the host's files into the layer.
  if (!lstatSync(from).isDirectory()) throw new Error(`${from} is not a directory`);
  const replaced: string[] = [];
  const visit = (relative: string) => {
    for (const entry of readdirSync(path.join(from, relative), { withFileTypes: true })) {
      const name = path.join(relative, entry.name);
      const target = path.join(to, name);
      if (entry.isDirectory()) {
        makeDirectory(target, ids);
        visit(name);
      } else if (!link(path.join(from, name), target)) {
        rmSync(target, { recursive: true });
        link(path.join(from, name), target);
        replaced.push(`/${name}`);
      }
    }
  };
  visit('');
  return replaced;
}

function makeDirectory(target: string, ids: IdMap): void {
  const there = lstatSync(target, { throwIfNoEntry: false });
  if (there?.isDirectory()) return;
  if (there) rmSync(target);
  const umask = process.umask(0o022);
  try {
    mkdirSync(target);
  } finally {
    process.umask(umask);
  }
  chownSync(target, ids.hostStart, ids.hostStart);
}

/** False when the target is another file that exists. A file with too many links, or on another file system, is copied. */
function link(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return isSameFile(source, target);
    if (code !== 'EMLINK' && code !== 'EXDEV') throw error;
    const { uid, gid } = lstatSync(source);
    copyFileSync(source, target);
    chownSync(target, uid, gid);
    return true;
  }
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [lstatSync(one), lstatSync(other)];
  return a.ino === b.ino && a.dev === b.dev;
}
