import { describe, expect, it } from 'vitest';
import { dependenciesOf, parsePackageSpec } from './package-spec.js';

describe('an entry of npm', () => {
  it.each([
    ['express', 'express', '*'],
    ['lodash@^4.17.0', 'lodash', '^4.17.0'],
    ['lodash@4.17.21', 'lodash', '4.17.21'],
    ['lodash@>=4 <5', 'lodash', '>=4 <5'],
    ['typescript@next', 'typescript', 'next'],
    ['@types/node', '@types/node', '*'],
    ['@types/node@20', '@types/node', '20'],
    ['socket.io', 'socket.io', '*'],
    ['JSONStream@1', 'JSONStream', '1'],
  ])('%s is %s in %s', (entry, name, range) => {
    expect(parsePackageSpec(entry)).toEqual({ name, range });
  });

  it.each([
    '--force',
    '-g',
    '-x@1',
    '@types/--x',
    './local',
    '../local',
    '/srv/app',
    '~/app',
    'app.tgz',
    'https://example.com/app.tgz',
    'git+ssh://git@example.com/app.git',
    'user/repository',
    'github:user/repository',
    'alias@npm:lodash@4',
    'lodash@file:../x',
    'a b',
    '@types',
    '.hidden',
  ])('%s is no package of a registry', (entry) => {
    expect(parsePackageSpec(entry)).toBeUndefined();
  });

  it('is a dependency, in the order of the list', () => {
    expect([...dependenciesOf(['b@1', 'a'])]).toEqual([
      ['b', '1'],
      ['a', '*'],
    ]);
  });
});
