import { expect, it } from 'vitest';
import type { PackageOwnership } from '../contracts/platform-adapter.js';
import type { TreeEntry } from './root-tree.js';
import { selectFiles } from './select-files.js';

function select(
  paths: Record<string, string>,
  owned: Record<string, 'keep' | 'drop'>,
  drop: string[] = [],
  keep: string[] = [],
): string[] {
  const tree = new Map<string, TreeEntry>(
    Object.entries(paths).map(([at, target]) => [
      at,
      { path: at, type: target ? 'link' : 'file', uid: 0, gid: 0, mode: 0o644, target },
    ]),
  );
  const ownership: PackageOwnership = {
    owned: new Map(Object.entries(owned)),
    installed: [],
    residue: ['/usr/share/doc/**'],
  };
  return [...selectFiles(tree, ownership, drop, keep)].sort();
}

it('keeps what packages of the runtime own and what nobody owns, not what only the build needs', () => {
  const paths = {
    '/usr/bin/python3.11': '',
    '/usr/bin/gcc': '',
    '/opt/of-a-hook': '',
    '/usr/share/doc/python': '',
    '/var/cache/x': '',
  };
  const owned = { '/usr/bin/python3.11': 'keep', '/usr/bin/gcc': 'drop', '/usr/share/doc/python': 'keep' } as const;
  expect(select(paths, owned)).toEqual(['/opt/of-a-hook', '/usr/bin/python3.11']);
});

it('leaves out an alternative’s links when what they lead to is left out, and keeps a package’s own', () => {
  const paths = {
    '/usr/bin/cc': '/etc/alternatives/cc',
    '/etc/alternatives/cc': '/usr/bin/gcc',
    '/usr/bin/gcc': '',
    '/usr/bin/awk': '/etc/alternatives/awk',
    '/etc/alternatives/awk': '/usr/bin/mawk',
    '/usr/bin/mawk': '',
    '/usr/bin/own': 'gcc',
  };
  const owned = { '/usr/bin/gcc': 'drop', '/usr/bin/mawk': 'keep', '/usr/bin/own': 'keep' } as const;
  expect(select(paths, owned)).toEqual(['/etc/alternatives/awk', '/usr/bin/awk', '/usr/bin/mawk', '/usr/bin/own']);
});

it('drops what a pack names from packages, never what a hook put there', () => {
  const paths = { '/usr/include/a.h': '', '/usr/include/of-a-hook.h': '' };
  expect(select(paths, { '/usr/include/a.h': 'keep' }, ['/usr/include/**'])).toEqual(['/usr/include/of-a-hook.h']);
});

it('keeps what one pack of the runtime needs and another one drops', () => {
  const paths = { '/usr/include/stdio.h': '', '/usr/include/x.h': '', '/usr/lib/libc.a': '', '/usr/lib/build.a': '' };
  const owned = {
    '/usr/include/stdio.h': 'keep',
    '/usr/include/x.h': 'keep',
    '/usr/lib/libc.a': 'keep',
    '/usr/lib/build.a': 'drop',
  } as const;
  expect(select(paths, owned, ['/usr/include/**', '/usr/lib/*.a'], ['/usr/include/std*', '/usr/lib/**'])).toEqual([
    '/usr/include/stdio.h',
    '/usr/lib/libc.a',
  ]);
});
