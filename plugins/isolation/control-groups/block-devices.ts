import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { limitUnenforceable } from '../../../core/errors/errors.js';
import type { BlockDevice } from './control-groups.js';

/**
 * The disk that an IO limit is to name, as `major:minor`: the kernel takes no partitions.
 * @param sysfs where sysfs is mounted
 */
export function wholeDisk(device: BlockDevice, sysfs = '/sys'): string {
  const number = `${device.major}:${device.minor}`;
  const entry = path.join(sysfs, 'dev/block', number);
  if (!existsSync(entry)) {
    throw limitUnenforceable(
      'an IO limit',
      `${number} is no block device`,
      'keep the files on a file system of one disk of its own, such as ext4 or xfs; overlay, btrfs and network file systems have none',
    );
  }
  if (!existsSync(path.join(entry, 'partition'))) return number;
  // The entry is a link; `..` is the disk's directory only seen from where it leads to.
  return readFileSync(path.join(path.dirname(realpathSync(entry)), 'dev'), 'utf8').trim();
}
