import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DEFAULT_ID_MAP } from '../contracts/id-map.js';
import { shiftOwners } from './shift-owners.js';

it('shifts every owner once, keeps set-id bits, and follows no link', () => {
  const directory = mkdtempSync(join(tmpdir(), 'joblet-shift-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const at = (name: string) => join(directory, 'tree', name);
  mkdirSync(at('sub'), { recursive: true });
  writeFileSync(at('sub/su'), '');
  chownSync(at('sub/su'), 0, 42);
  chmodSync(at('sub/su'), 0o6755);
  linkSync(at('sub/su'), at('sub/hard'));
  writeFileSync(join(directory, 'outside'), '');
  symlinkSync(join(directory, 'outside'), at('link'));
  shiftOwners(join(directory, 'tree'), DEFAULT_ID_MAP);
  const { hostStart } = DEFAULT_ID_MAP;
  const stats = lstatSync(at('sub/su'));
  expect([stats.uid, stats.gid, stats.mode & 0o7777]).toEqual([hostStart, hostStart + 42, 0o6755]);
  expect(lstatSync(at('link')).uid).toBe(hostStart);
  expect(lstatSync(join(directory, 'outside')).uid).toBe(0);
});
