import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { execaSync } from 'execa';
import type { BlockDevice } from '../control-groups.js';

/** A disk of its own for a test. */
export interface LoopDisk extends BlockDevice {
  readonly file: string;
  remove(): void;
}

export function makeLoopDisk(image: string, sizeBytes: number): LoopDisk {
  writeFileSync(image, '');
  truncateSync(image, sizeBytes);
  const file = execaSync('losetup', ['--find', '--show', image]).stdout;
  return {
    ...deviceNumber(file),
    file,
    remove: () => {
      execaSync('losetup', ['--detach', file]);
      rmSync(image);
    },
  };
}

/** As makedev(3) of glibc packs it. */
export function deviceNumber(file: string): BlockDevice {
  const { rdev } = statSync(file);
  return { major: (rdev >> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00) };
}
