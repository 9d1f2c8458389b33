/** The major number of loop devices: disks in files. */
const LOOP = '7:';

/**
 * What a group moved, from its figures for each device. A disk in a file has the disk below it do the work, which the kernel counts as well, now or
 * (version 1) for nobody: the larger one of both is taken rather than their sum.
 */
export function totalBytes(byDevice: Iterable<readonly [device: string, bytes: number]>): number {
  let inFiles = 0;
  let onDisks = 0;
  for (const [device, bytes] of byDevice) {
    if (device.startsWith(LOOP)) inFiles += bytes;
    else onDisks += bytes;
  }
  return Math.max(inFiles, onDisks);
}
