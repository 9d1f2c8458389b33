import { open, rm } from 'node:fs/promises';
import { inject, injectable } from 'tsyringe';
import { ID_MAP, type IdMap } from '../../core/contracts/id-map.js';
import type { NewVolumeImage, VolumeImages } from '../../core/contracts/volume-images.js';
import { diskFull, hostUnfit } from '../../core/errors/errors.js';
import { volumeDamaged } from '../../core/errors/volume-errors.js';
import { hostTool } from '../../core/process/host-tool.js';

/** Of debugfs(8). lost+found would be a directory that no job can read; e2fsck makes one when it needs it. */
const TOP_OF_VOLUME = 'rmdir lost+found\nset_inode_field <2> mode 041777\n';

/** Of e2fsck(8): bits 1 (errors corrected) and 2 (reboot, of mounted ones) are no failure. */
const FIXED = 3;

/** Sparse files with an ext4 file system (e2fsprogs), attached to loop devices (losetup) where they are mounted. */
@injectable()
export class Ext4Images implements VolumeImages {
  constructor(@inject(ID_MAP) private readonly idMap: IdMap) {}

  async create({ path, sizeBytes, durable }: NewVolumeImage): Promise<void> {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.truncate(sizeBytes);
      await file.close();
      const owner = `${this.idMap.hostStart}:${this.idMap.hostStart}`;
      await run('mkfs.ext4', [
        '-q',
        '-F',
        ...['-m', '0'],
        // Nothing to zero in a new file, and no room for growing kept back.
        ...['-E', `root_owner=${owner},nodiscard`],
        ...['-O', durable ? '^resize_inode' : '^resize_inode,^has_journal'],
        path,
      ]);
      await run('debugfs', ['-w', '-f', '-', path], TOP_OF_VOLUME);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  async repair(path: string): Promise<void> {
    const { exitCode, all } = await tool('e2fsck', ['-p', path]);
    if (exitCode === undefined || (exitCode & ~FIXED) !== 0) throw volumeDamaged(path, all);
  }

  async isAttached(path: string): Promise<boolean> {
    return (await run('losetup', ['--associated', path, '--noheadings', '--output', 'NAME'])).trim() !== '';
  }
}

/** Throws E_HOST_UNFIT, E_DISK_FULL. */
async function run(program: string, args: readonly string[], input?: string): Promise<string> {
  const { exitCode, all, stdout } = await tool(program, args, input);
  if (exitCode === 0) return stdout;
  const cause = new Error(`${program} ended with ${exitCode ?? 'a signal'}: ${all}`);
  if (/no space left on device/i.test(all)) throw diskFull(cause);
  throw hostUnfit(
    `${program} failed: ${all.split('\n').at(-1)}`,
    'volumes need loop devices and room on the disk',
    cause,
  );
}

async function tool(program: string, args: readonly string[], input?: string) {
  // Loaded here: most jobs have no volume, and start without it.
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    ...hostTool,
    all: true,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  if (result.code === 'ENOENT') {
    throw hostUnfit(
      `${program} not found`,
      'install it: apt-get install e2fsprogs mount (Debian, Ubuntu)',
      result.cause,
    );
  }
  return { exitCode: result.exitCode, all: result.all ?? '', stdout: result.stdout ?? '' };
}
