import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { wholeDisk } from './block-devices.js';

describe('the disk of a block device', () => {
  const sysfs = mkdtempSync(path.join(tmpdir(), 'joblet-sysfs-'));
  const partition = path.join(sysfs, 'devices/pci0000:00/block/sda/sda2');
  mkdirSync(partition, { recursive: true });
  mkdirSync(path.join(sysfs, 'dev/block'), { recursive: true });
  writeFileSync(path.join(partition, '../dev'), '8:0\n');
  writeFileSync(path.join(partition, 'dev'), '8:2\n');
  writeFileSync(path.join(partition, 'partition'), '2\n');
  symlinkSync('../../devices/pci0000:00/block/sda', path.join(sysfs, 'dev/block/8:0'));
  symlinkSync('../../devices/pci0000:00/block/sda/sda2', path.join(sysfs, 'dev/block/8:2'));
  afterAll(() => rmSync(sysfs, { recursive: true }));

  it('is the device itself', () => expect(wholeDisk({ major: 8, minor: 0 }, sysfs)).toBe('8:0'));

  it('is what a partition is part of', () => expect(wholeDisk({ major: 8, minor: 2 }, sysfs)).toBe('8:0'));

  it('is not there for file systems without one', () => {
    expect(() => wholeDisk({ major: 0, minor: 42 }, sysfs)).toThrow(
      expect.objectContaining({ code: 'E_LIMIT_UNENFORCEABLE', hint: expect.stringContaining('overlay') }),
    );
  });
});
