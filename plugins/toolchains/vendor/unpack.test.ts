import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import { type ArchiveEntry, tarGz } from '../../../fixtures/vendor-server/index.js';
import { makeServices } from './test-support/request.js';
import { unpackArchive } from './unpack.js';

/** Unpacks beside a directory `outside`, which must stay as it is. Needs root. */
async function unpack(entries: readonly ArchiveEntry[]) {
  const parent = mkdtempSync(path.join(tmpdir(), 'unpack-'));
  const outside = path.join(parent, 'outside');
  mkdirSync(outside);
  const archive = path.join(parent, 'archive.tar.gz');
  writeFileSync(archive, await tarGz(entries));
  const directory = path.join(parent, 'inside');
  const error = await unpackArchive(archive, directory, {}, DEFAULT_ID_MAP, makeServices(parent)).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(parent).sort()).toEqual(['archive.tar.gz', 'inside', 'outside']);
  return { error, directory };
}

describe('an archive', () => {
  it.each<readonly [string, readonly ArchiveEntry[]]>([
    [
      'a link to a directory outside, and a file through it',
      [
        { name: 'top/way', type: 'symlink', linkname: '../outside' },
        { name: 'top/way/file', content: 'x' },
      ],
    ],
    ['an absolute link', [{ name: 'top/way', type: 'symlink', linkname: '/etc/passwd' }]],
    ['a link that goes up too far', [{ name: 'top/a/way', type: 'symlink', linkname: '../../outside' }]],
    ['a device', [{ name: 'top/null', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['a pipe', [{ name: 'top/pipe', type: 'fifo' }]],
  ])('with %s is refused', async (_, entries) => {
    expect((await unpack(entries)).error).toMatchObject({ code: 'E_BUILD_STEP' });
  });

  it.each<readonly [string, ArchiveEntry]>([
    ['names that go up', { name: 'top/../../outside/file', content: 'x' }],
    ['absolute names', { name: '/outside/file', content: 'x' }],
    ['hard links to what is outside', { name: 'top/passwd', type: 'link', linkname: '/etc/passwd' }],
  ])('with %s puts nothing outside', async (_, entry) => {
    const { directory } = await unpack([entry]);
    const passwd = path.join(directory, 'passwd');
    if (existsSync(passwd)) expect(lstatSync(passwd).ino).not.toBe(lstatSync('/etc/passwd').ino);
  });

  it('has no file with the power of another user', async () => {
    const { directory, error } = await unpack([{ name: 'top/program', mode: 0o6755, content: 'x' }]);
    expect(error).toBeUndefined();
    expect(lstatSync(path.join(directory, 'program')).mode & 0o7777).toBe(0o755);
  });
});
