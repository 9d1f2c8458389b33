import { chmod, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkTree } from './link-tree.js';

const IDS = { hostStart: 1_000_000, size: 65_536 };
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'link-tree-'));
  await mkdir(path.join(dir, 'unit/lib/pack'), { recursive: true });
  await writeFile(path.join(dir, 'unit/lib/pack/a.py'), 'a');
  await chmod(path.join(dir, 'unit/lib/pack/a.py'), 0o755);
  await mkdir(path.join(dir, 'layer'));
});
afterEach(() => rm(dir, { recursive: true }));

test('shares the files and makes directories of the right owner, whatever the umask', async () => {
  const umask = process.umask(0o077);
  try {
    expect(linkTree(path.join(dir, 'unit'), path.join(dir, 'layer'), IDS)).toEqual([]);
  } finally {
    process.umask(umask);
  }
  const unit = await lstat(path.join(dir, 'unit/lib/pack/a.py'));
  expect((await lstat(path.join(dir, 'layer/lib/pack/a.py'))).ino).toBe(unit.ino);
  const made = await lstat(path.join(dir, 'layer/lib/pack'));
  expect([made.mode & 0o7777, made.uid, made.gid]).toEqual([0o755, IDS.hostStart, IDS.hostStart]);
});

test('replaces what an earlier package put in the same place, and says so', async () => {
  await mkdir(path.join(dir, 'layer/lib/pack'), { recursive: true });
  await writeFile(path.join(dir, 'layer/lib/pack/a.py'), 'old');
  expect(linkTree(path.join(dir, 'unit'), path.join(dir, 'layer'), IDS)).toEqual(['/lib/pack/a.py']);
  expect(await readFile(path.join(dir, 'layer/lib/pack/a.py'), 'utf8')).toBe('a');
});

test('does not follow a link that leads out of the layer', async () => {
  await mkdir(path.join(dir, 'outside'));
  await symlink(path.join(dir, 'outside'), path.join(dir, 'layer/lib'));
  linkTree(path.join(dir, 'unit'), path.join(dir, 'layer'), IDS);
  expect(await lstat(path.join(dir, 'outside/pack')).catch(() => undefined)).toBeUndefined();
  expect((await lstat(path.join(dir, 'layer/lib'))).isDirectory()).toBe(true);
});
