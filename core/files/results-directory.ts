import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { downloadFailed, systemReason } from '../errors/file-errors.js';
import { printable } from '../spec/printable.js';
import { entryOf, openDirectory } from './host-directory.js';

/** Parts of a name below the directory; none is empty, `.`, `..` or has a slash. */
export type NameParts = readonly [Buffer, ...Buffer[]];

/** A file that is being written; it appears under its name, whole, with `finish`. */
export interface DraftFile {
  write(chunk: Uint8Array): Promise<void>;
  finish(modified: Date): Promise<void>;
  discard(): Promise<void>;
}

/**
 * A directory of the host that results are written into. Who else may write there can put links in the way: each directory is
 * opened in its parent and not through a link, and a file takes the place of a link rather than being written through it.
 */
export class ResultsDirectory {
  private constructor(
    readonly hostPath: string,
    private readonly top: FileHandle,
  ) {}

  static async open(hostPath: string): Promise<ResultsDirectory> {
    try {
      await mkdir(hostPath, { recursive: true });
      return new ResultsDirectory(hostPath, await openDirectory(hostPath, true));
    } catch (cause) {
      throw failed(hostPath, cause);
    }
  }

  close(): Promise<void> {
    return this.top.close();
  }

  async makeDirectory(parts: readonly Buffer[]): Promise<void> {
    await this.within(parts, async () => {});
  }

  /** A new file of the caller's; `mode` without set-id bits, under the caller's umask. */
  async draft(parts: NameParts, mode: number): Promise<DraftFile> {
    const { directories, name } = split(parts);
    const directory = await this.openBelow(directories);
    const draftName = entryOf(directory, randomName());
    const attempt = <T>(action: () => Promise<T>) => this.attempt(parts, action);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await attempt(() => open(draftName, flags, (mode & 0o777) | 0o600)).catch(async (error) => {
      await directory.close();
      throw error;
    });
    const close = async () => {
      await rm(draftName, { force: true }).catch(() => undefined);
      await file.close();
      await directory.close();
    };
    return {
      write: (chunk) => attempt(() => file.writeFile(chunk)),
      finish: async (modified) => {
        try {
          await attempt(async () => {
            await file.utimes(modified, modified);
            await rename(draftName, entryOf(directory, name));
          });
        } finally {
          await close();
        }
      },
      discard: close,
    };
  }

  /** A second name for a file that was written here. */
  async link(existing: NameParts, parts: NameParts): Promise<void> {
    const from = split(existing);
    const to = split(parts);
    await this.within(from.directories, (source) =>
      this.within(to.directories, (target) =>
        this.attempt(parts, async () => {
          const draft = entryOf(target, randomName());
          await link(entryOf(source, from.name), draft);
          try {
            await rename(draft, entryOf(target, to.name));
          } finally {
            // It is still there where both were names of one file already.
            await rm(draft, { force: true });
          }
        }),
      ),
    );
  }

  private async within<T>(parts: readonly Buffer[], action: (directory: FileHandle) => Promise<T>): Promise<T> {
    const directory = await this.openBelow(parts);
    try {
      return await action(directory);
    } finally {
      await directory.close();
    }
  }

  /** Opens a directory below, making what is missing of it. */
  private openBelow(parts: readonly Buffer[]): Promise<FileHandle> {
    return this.attempt(parts, async () => {
      let directory = await openDirectory(entryOf(this.top, Buffer.from('.')), false);
      for (const part of parts) {
        const parent = directory;
        try {
          directory = await openOrMake(entryOf(parent, part));
        } finally {
          await parent.close();
        }
      }
      return directory;
    });
  }

  private async attempt<T>(parts: readonly Buffer[], action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      throw failed([this.hostPath, ...parts].join('/'), cause);
    }
  }
}

async function openOrMake(directory: Buffer): Promise<FileHandle> {
  try {
    return await openDirectory(directory, false);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await mkdir(directory);
    return openDirectory(directory, false);
  }
}

function randomName(): Buffer {
  return Buffer.from(`.rnx-${randomBytes(8).toString('hex')}`);
}

function split(parts: NameParts): { readonly directories: readonly Buffer[]; readonly name: Buffer } {
  const [name] = parts.slice(-1);
  return { directories: parts.slice(0, -1), name: name ?? parts[0] };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function failed(hostPath: string, cause: unknown) {
  const [reason, hint] = explain(cause);
  return downloadFailed(printable(hostPath), reason, hint, cause);
}

function explain(cause: unknown): readonly [reason: string, hint: string] {
  switch (codeOf(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return ['the disk of the host is full', 'free space there, or download to another disk'];
    case 'ENOTDIR':
    case 'ELOOP':
    case 'EEXIST':
      return ['a link or a file stands where a directory should be', 'remove it, or download into a new directory'];
    case 'EISDIR':
      return ['a directory stands where a file should be', 'remove it, or download into a new directory'];
    default:
      return [systemReason(cause), 'name a directory that rnx can write'];
  }
}
