import { type FileHandle, lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { systemReason, uploadFailed } from '../errors/file-errors.js';
import { isJobletError } from '../errors/joblet-error.js';
import { printable } from '../spec/printable.js';
import { openDirectory } from './host-directory.js';
import { scanTree } from './scan-tree.js';

/** A file or directory of the host for a job's /work. */
export interface Upload {
  /** May be a link: it is what the caller named. A link below it is never followed. */
  readonly hostPath: string;
  /** A directory keeps its name: /work/NAME. @default its contents come to the top of /work */
  readonly keepDirectory?: boolean;
}

/** What tar(1) is told of one upload. */
export interface UploadSource {
  readonly directory: FileHandle;
  /** In `directory`. */
  readonly names: readonly Buffer[];
  /** The name in /work, where it is not the one in `directory`. */
  readonly rename?: string;
  readonly files: number;
}

/** Opens what is to be uploaded and looks through it. Throws E_UPLOAD. */
export async function openUpload(upload: Upload): Promise<UploadSource> {
  try {
    return await open(upload);
  } catch (cause) {
    if (isJobletError(cause)) throw cause;
    throw uploadFailed(
      printable(upload.hostPath),
      systemReason(cause),
      'name a file or directory that rnx can read',
      cause,
    );
  }
}

async function open({ hostPath, keepDirectory = false }: Upload): Promise<UploadSource> {
  const real = await realpath(hostPath);
  const isDirectory = (await lstat(real)).isDirectory();
  if (keepDirectory && !isDirectory) {
    throw uploadFailed(printable(hostPath), 'not a directory', 'a file is uploaded with --upload');
  }
  const rename = path.basename(path.resolve(hostPath));
  if (isDirectory && !keepDirectory) return scan(hostPath, await openDirectory(real, false), undefined, undefined);
  if (rename === '') throw uploadFailed('/', 'it has no name', 'name a directory below it');
  return scan(hostPath, await openDirectory(path.dirname(real), false), path.basename(real), rename);
}

async function scan(
  hostPath: string,
  directory: FileHandle,
  only: string | undefined,
  rename: string | undefined,
): Promise<UploadSource> {
  try {
    const { names, files, refused } = await scanTree(directory, only === undefined ? undefined : Buffer.from(only));
    if (refused.length > 0) {
      throw uploadFailed(
        printable(hostPath),
        refused.map(({ name, reason }) => `${name} is ${reason}`).join('; '),
        'upload regular files, directories and links that stay within the upload; copy or leave out the others',
      );
    }
    return { directory, names, files, ...(rename === undefined ? {} : { rename }) };
  } catch (error) {
    await directory.close();
    throw error;
  }
}
