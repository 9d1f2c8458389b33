import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Architecture } from '../contracts/platform-adapter.js';

/** Where the isolator mounts something of its own. */
const MOUNT_POINTS = ['dev', 'home', 'proc', 'root', 'run', 'sys', 'tmp', 'volumes', 'work'];
/** Files that programs expect, whose content is the isolator's to bind; the host's must not leak. */
const EMPTY_FILES = ['etc/hostname', 'etc/hosts', 'etc/resolv.conf'];

/** Like `mkdir -p`, with mode 755 whatever the caller's umask is. */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
  chmodSync(path, 0o755);
}

export function writePlainFile(path: string, content: string, mode = 0o644): void {
  writeFileSync(path, content);
  chmodSync(path, mode);
}

/** /bin -> usr/bin and its like, for trees that must be merged before the first file comes. */
export function makeMergedUsr(directory: string, architecture: Architecture): void {
  for (const name of ['bin', 'sbin', 'lib', ...(architecture === 'amd64' ? ['lib64'] : [])]) {
    makeDirectory(join(directory, 'usr', name));
    symlinkSync(`usr/${name}`, join(directory, name));
  }
}

/** Makes what every root must have, whatever was unpacked into it. Device nodes that a tool made are taken out. */
export function completeRoot(directory: string): void {
  const dev = join(directory, 'dev');
  if (existsSync(dev)) for (const name of readdirSync(dev)) rmSync(join(dev, name), { recursive: true });
  for (const name of MOUNT_POINTS) makeDirectory(join(directory, name));
  chmodSync(join(directory, 'tmp'), 0o1777);
  makeDirectory(join(directory, 'etc'));
  for (const name of EMPTY_FILES) emptyFile(join(directory, name));
}

/** A link that leads out (systemd's resolv.conf) is replaced. */
function emptyFile(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path);
  writePlainFile(path, '');
}
