import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { specUnreadable } from '../errors/errors.js';

/** A spec is a page of text; this is a thousand of them. */
const MAX_BYTES = 1024 * 1024;
const NAMES = ['runtime.yaml', 'runtime.yml'] as const;

export interface SpecFile {
  /** Absolute. */
  readonly file: string;
  /** As the caller would name it. */
  readonly displayPath: string;
  readonly text: string;
}

/** Reads the spec at `path`, a file or a folder that has one. Throws E_SPEC_UNREADABLE. Never reads more than the limit. */
export async function readSpecFile(path: string): Promise<SpecFile> {
  const found = await readOne(path);
  if (found !== 'directory') return found;
  for (const name of NAMES) {
    const inside = await readOne(join(path, name), true);
    if (inside === 'directory')
      throw specUnreadable(join(path, name), 'is a directory', 'name the runtime.yaml itself');
    if (inside !== undefined) return inside;
  }
  throw specUnreadable(path, `the folder has no ${NAMES.join(' or ')}`, 'name the file itself, or create one there');
}

async function readOne(path: string): Promise<SpecFile | 'directory'>;
async function readOne(path: string, optional: true): Promise<SpecFile | 'directory' | undefined>;
async function readOne(path: string, optional = false): Promise<SpecFile | 'directory' | undefined> {
  if (path === '' || path.includes('\0')) {
    throw specUnreadable(JSON.stringify(path), 'is not a path', 'name a runtime.yaml or its folder');
  }
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // Without O_NONBLOCK the open of a FIFO waits for a writer that may never come.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (optional && code === 'ENOENT') return undefined;
    throw specUnreadable(path, REASONS[code] ?? code, 'name a runtime.yaml that you may read, or its folder', error);
  }
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) return 'directory';
    if (!stats.isFile()) {
      throw specUnreadable(path, 'is not a regular file', 'name a runtime.yaml; a pipe or device is not read');
    }
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > MAX_BYTES) {
      throw specUnreadable(path, 'is larger than 1 MB', 'a runtime.yaml is a page of text: is this the right file?');
    }
    return { file: resolve(path), displayPath: path, text: decode(path, buffer.subarray(0, length)) };
  } finally {
    await handle.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'permission denied',
  ELOOP: 'symbolic links in a circle',
  ENAMETOOLONG: 'the path is too long',
  ENXIO: 'is not a regular file',
};

function decode(path: string, bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') {
    throw specUnreadable(path, 'is UTF-16 text', 'save it as UTF-8');
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw specUnreadable(path, `has a NUL byte in line ${lineOf(bytes, nul)}`, 'a runtime.yaml is UTF-8 text');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw specUnreadable(path, 'is not UTF-8 text', 'save it as UTF-8', error);
  }
}

function lineOf(bytes: Buffer, offset: number): number {
  return bytes.subarray(0, offset).toString('latin1').split('\n').length;
}
