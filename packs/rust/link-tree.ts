import { chownSync, copyFileSync, linkSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';

/** Puts every file of `from` into `to` by hard link, in the place of what is there. Both are directories; `to` is made. */
export function linkTree(from: string, to: string, ids: IdMap): void {
  // A program in a root made it: a link here would put the host's files into the layer.
  if (!lstatSync(from).isDirectory()) throw new Error(`${from} is not a directory`);
  makeRootDirectory(to, ids);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target, ids);
    else linkFile(source, target);
  }
}

/** A directory of a root, made if it is not there. */
export function makeRootDirectory(target: string, ids: IdMap): void {
  if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) return;
  const umask = process.umask(0o022);
  try {
    mkdirSync(target);
  } finally {
    process.umask(umask);
  }
  chownSync(target, ids.hostStart, ids.hostStart);
}

/** A file with too many links, or on another file system, is copied. */
function linkFile(source: string, target: string): void {
  rmSync(target, { force: true, recursive: true });
  try {
    linkSync(source, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EMLINK' && code !== 'EXDEV') throw error;
    const { uid, gid } = lstatSync(source);
    copyFileSync(source, target);
    chownSync(target, uid, gid);
  }
}
