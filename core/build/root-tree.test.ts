import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalPath, findInLayers, readTree, resolveLink, type TreeEntry } from './root-tree.js';

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

function treeOf(entries: Record<string, string | null>): ReadonlyMap<string, TreeEntry> {
  return new Map(
    Object.entries(entries).map(([at, target]) => {
      const type = target === null ? 'directory' : target === '' ? 'file' : 'link';
      return [at, { path: at, type, uid: 0, gid: 0, mode: 0o755, target: target ?? '' }];
    }),
  );
}

describe('canonicalPath', () => {
  const tree = treeOf({ '/lib': 'usr/lib', '/usr': null, '/usr/lib': null, '/usr/lib/a.so': '', '/loop': 'loop/x' });

  it('follows a directory that is a link, relative to the root', () => {
    expect(canonicalPath(tree, '/lib/a.so')).toBe('/usr/lib/a.so');
  });

  it('does not follow the last part, says undefined for what is not there, and ends on a loop', () => {
    expect(canonicalPath(tree, '/lib')).toBe('/lib');
    expect(canonicalPath(tree, '/lib/b.so')).toBeUndefined();
    expect(canonicalPath(tree, '/loop/x/y')).toBeUndefined();
  });
});

it('resolves an absolute link within the root, and one that climbs no higher than the root', () => {
  const link = (at: string, target: string): TreeEntry => ({
    path: at,
    type: 'link',
    uid: 0,
    gid: 0,
    mode: 0o777,
    target,
  });
  expect(resolveLink(link('/usr/lib/x', '/etc/alternatives/x'))).toBe('/etc/alternatives/x');
  expect(resolveLink(link('/etc/x', '../../../../etc/shadow'))).toBe('/etc/shadow');
});

it('finds a file in the topmost layer that has it', () => {
  const [top, bottom] = [mkdtempSync(path.join(tmpdir(), 'top-')), mkdtempSync(path.join(tmpdir(), 'bottom-'))];
  made.push(top, bottom);
  for (const dir of [top, bottom]) mkdirSync(path.join(dir, 'etc'));
  for (const file of [`${top}/etc/both`, `${bottom}/etc/both`, `${bottom}/etc/one`]) writeFileSync(file, '');
  expect(findInLayers([top, bottom], '/etc/both')).toBe(`${top}/etc/both`);
  expect(findInLayers([top, bottom], '/etc/one')).toBe(`${bottom}/etc/one`);
  expect(findInLayers([top, bottom], '/etc/none')).toBeUndefined();
});

it('reads a listing whose names hold anything but NUL, and leaves out devices and pipes', async () => {
  const listing = [
    'f',
    '0',
    '42',
    '644',
    '',
    '/a\nb',
    'l',
    '0',
    '0',
    '777',
    'a b',
    '/l',
    'p',
    '0',
    '0',
    '600',
    '',
    '/pipe',
    '',
  ].join('\0');
  const tree = await readTree({ run: async () => ({ status: 0, stdout: listing, stderrTail: '', timedOut: false }) });
  expect([...tree.values()]).toEqual([
    { path: '/a\nb', type: 'file', uid: 0, gid: 42, mode: 0o644, target: '' },
    { path: '/l', type: 'link', uid: 0, gid: 0, mode: 0o777, target: 'a b' },
  ]);
});
