import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { WorkDisk } from '../../core/contracts/isolator.js';
import { hostTool } from '../../core/process/host-tool.js';
import { processNotStarted } from './errors.js';

/** Directories of a work disk, and where a job has them. */
export const WORK_DIRECTORIES = { work: '/work', tmp: '/tmp' } as const;

/**
 * A formatted, empty disk of this size, from which each job's is copied: an image with holes, so that a copy takes a
 * millisecond and no space. No journal, since the disk is not read after a crash. Made at the first use of a size, beside
 * and moved into place; two at once make the same.
 */
export async function emptyDisk(
  directory: string,
  disk: Pick<WorkDisk, 'sizeBytes' | 'inodes'>,
  owner: IdMap,
): Promise<string> {
  const image = path.join(directory, `ext4-${disk.sizeBytes}-${disk.inodes}-${owner.hostStart}.img`);
  if (existsSync(image)) return image;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(path.join(directory, '.new-'));
  try {
    const content = path.join(scratch, 'content');
    for (const name of ['.', ...Object.keys(WORK_DIRECTORIES)]) {
      const made = path.join(content, name);
      mkdirSync(made, { recursive: true });
      chownSync(made, owner.hostStart, owner.hostStart);
      chmodSync(made, name === '.' ? 0o755 : 0o1777);
    }
    const draft = path.join(scratch, 'image');
    writeFileSync(draft, '', { mode: 0o600 });
    truncateSync(draft, disk.sizeBytes);
    // Loaded here: most jobs start without it.
    const { execa } = await import('execa');
    const made = await execa(
      'mkfs.ext4',
      [
        ...['-q', '-F', '-m', '0', '-b', '4096', '-N', String(disk.inodes), '-d', content],
        ...['-O', '^has_journal,^resize_inode,^metadata_csum', '-E', 'lazy_itable_init=1,nodiscard', draft],
      ],
      hostTool,
    );
    if (made.failed) {
      throw processNotStarted(
        `no disk of ${disk.sizeBytes} bytes and ${disk.inodes} files could be made: ${made.stderr || made.shortMessage}`,
        'install e2fsprogs; a disk needs 1 MB and 16 files at least',
        made.cause,
      );
    }
    renameSync(draft, image);
    return image;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** As statfs(2) counts: blocks and files that are left, and blocks that there are. */
export interface FreeSpace {
  readonly blocks: number;
  readonly inodes: number;
  readonly ofBlocks: number;
}

/**
 * A process that failed with less left than this is taken to have failed for it: the kernel refuses a large write as a whole
 * (its page cache takes up to 2 MB at once), and the file system keeps some blocks back.
 */
const FULL_BLOCKS = 512;
const FULL_PART = 1 / 16;

export function isFull(free: FreeSpace | undefined): boolean {
  if (free === undefined) return false;
  return free.blocks < Math.min(FULL_BLOCKS, free.ofBlocks * FULL_PART) || free.inodes === 0;
}

/** An image of a job has no name any more once it is mounted, a moment after it is made: an old one is of a killed caller. */
const OLD_MS = 10 * 60_000;

export async function removeOld(directory: string): Promise<number> {
  let removed = 0;
  for (const name of await readdir(directory).catch(() => [])) {
    const file = path.join(directory, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs < OLD_MS) continue;
    await rm(file, { recursive: true, force: true });
    removed++;
  }
  return removed;
}
