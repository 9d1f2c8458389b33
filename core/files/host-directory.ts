import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

// Node has no openat(2). The kernel resolves a path below /proc/self/fd/N from the directory that is open as N, so that a name
// looked up this way is looked up in that directory, whatever has become of the path that once led there.

/** Opens a directory; `follow` says whether the last part of the path may be a link. */
export function openDirectory(path: string | Buffer, follow: boolean): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_DIRECTORY | (follow ? 0 : constants.O_NOFOLLOW));
}

/** The path of an entry of an open directory. Only its last part is looked up by name if `name` is a single part. */
export function entryOf(directory: FileHandle | number, name: Buffer): Buffer {
  const fd = typeof directory === 'number' ? directory : directory.fd;
  return Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), name]);
}
