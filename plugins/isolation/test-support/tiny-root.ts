import {
  chownSync,
  copyFileSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execaSync } from 'execa';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import { ROOT_MOUNT_POINTS } from '../../../core/contracts/isolator.js';

/** From busybox-static and perl-base. */
const BUSYBOX = '/bin/busybox';
const PERL = '/usr/bin/perl';

/** A temporary directory; of mode 700, so that what lies in it is not searchable for the ids inside roots. */
export function scratchDirectory(): string {
  return realpathSync(mkdtempSync(path.join(tmpdir(), 'joblet-isolation-')));
}

/** A root with busybox's applets, and the host's perl for system calls that no shell can make. Owned by root's mapped id. */
export function makeTinyRoot(directory: string): string {
  for (const part of ['bin', 'etc', 'usr', 'var', 'root', 'volumes', ...ROOT_MOUNT_POINTS]) {
    mkdirSync(path.join(directory, part), { recursive: true });
  }
  copyFileSync(BUSYBOX, path.join(directory, 'bin/busybox'));
  const applets = execaSync(BUSYBOX, ['--list']).stdout.split('\n');
  for (const applet of applets.filter((name) => name !== 'busybox' && name !== '')) {
    symlinkSync('busybox', path.join(directory, 'bin', applet));
  }
  const libraries = execaSync('ldd', [PERL]).stdout.match(/\/\S+(?= \()/g) ?? [];
  for (const file of [PERL, ...libraries]) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    copyFileSync(file, path.join(directory, file));
  }
  writeFileSync(path.join(directory, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(path.join(directory, 'etc/group'), 'root:x:0:\ntty:x:5:\n');
  giveToMappedRoot(directory);
  return directory;
}

/** Gives a tree to the host id that stands for root inside. */
export function giveToMappedRoot(directory: string): void {
  const { hostStart } = DEFAULT_ID_MAP;
  chownSync(directory, hostStart, hostStart);
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(path.join(directory, entry), hostStart, hostStart);
  }
}
