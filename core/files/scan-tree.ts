import type { Dirent } from 'node:fs';
import { type FileHandle, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { printable } from '../spec/printable.js';
import { entryOf } from './host-directory.js';

export interface TreeScan {
  /** Names at the top. */
  readonly names: readonly Buffer[];
  /** Regular files, and links that are kept. */
  readonly files: number;
  /** What a job cannot be given, and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** Enough to see what is wrong. */
const MAX_REFUSED = 20;

/**
 * Looks through a tree that is to be packed, without reading a file, and says what cannot go. This is for the user: somebody
 * may change the tree afterwards, and tar(1) then still follows no link.
 */
export async function scanTree(root: FileHandle, only?: Buffer): Promise<TreeScan> {
  const refused: { name: string; reason: string }[] = [];
  let files = 0;
  const refuse = (name: Buffer, reason: string) => {
    if (refused.length < MAX_REFUSED) refused.push({ name: printable(name.toString()), reason });
  };
  // Depth is the tree's, so a list instead of recursion.
  const pending: Buffer[] = [];
  const look = async (entry: Dirent<Buffer>, within: Buffer) => {
    const name = within.length === 0 ? entry.name : Buffer.concat([within, Buffer.from('/'), entry.name]);
    if (entry.isDirectory()) pending.push(name);
    else if (entry.isSymbolicLink()) {
      files++;
      const target = await readlink(entryOf(root, name), { encoding: 'buffer' });
      if (leaves(name, target)) refuse(name, `a link that leads out: ${printable(target.toString())}`);
    } else if (entry.isFile()) files++;
    else if (!entry.isSocket()) refuse(name, entry.isFIFO() ? 'a FIFO' : 'a device');
  };
  const list = (name: Buffer) => readdir(entryOf(root, name), { withFileTypes: true, encoding: 'buffer' });

  const all = await list(Buffer.alloc(0));
  const top = only === undefined ? all : all.filter((entry) => entry.name.equals(only));
  for (const entry of top) await look(entry, Buffer.alloc(0));
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const entry of await list(next)) await look(entry, next);
  }
  return { names: top.map((entry) => entry.name), files, refused };
}

/** Whether a link, read by its text, leads out of the tree. Bytes are kept apart as latin1, which has one for each. */
function leaves(name: Buffer, target: Buffer): boolean {
  const text = target.toString('latin1');
  if (text.startsWith('/')) return true;
  const reached = path.posix.join(path.posix.dirname(name.toString('latin1')), text);
  return reached === '..' || reached.startsWith('../');
}
