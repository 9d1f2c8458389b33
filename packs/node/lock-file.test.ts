import { describe, expect, it } from 'vitest';
import { readLockFile } from './lock-file.js';

const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
const read = (packages: object, architecture = 'amd64') => readLockFile(JSON.stringify({ packages }), architecture);

describe('a lock file', () => {
  it('lists packages exactly, with hashes, each version of one once', () => {
    const { packages } = read({
      '': { dependencies: { b: '*' } },
      'node_modules/b': { version: '2.0.0', integrity },
      'node_modules/b/node_modules/@s/a': { version: '1.0.0' },
      'node_modules/c/node_modules/@s/a': { version: '1.0.0' },
      'node_modules/@s/a': { version: '2.0.0' },
    });
    expect(packages).toEqual([
      { name: '@s/a', version: '1.0.0', label: '@s/a@1.0.0' },
      { name: '@s/a', version: '2.0.0', label: '@s/a@2.0.0' },
      { name: 'b', version: '2.0.0', label: 'b@2.0.0', hash: `sha512:${'01'.repeat(64)}` },
    ]);
  });

  it.each([
    [{ os: ['darwin'] }, false],
    [{ os: ['linux', 'darwin'] }, true],
    [{ os: ['!win32'] }, true],
    [{ os: ['!linux'] }, false],
    [{ cpu: ['arm64'] }, false],
    [{ cpu: ['x64'], libc: ['musl'] }, false],
    [{ cpu: ['x64'], libc: ['glibc'] }, true],
  ])('of an optional package for %j says whether it is for here: %s', (platform, isHere) => {
    const { packages } = read({ 'node_modules/a': { version: '1.0.0', optional: true, ...platform } });
    expect(packages.length).toBe(isHere ? 1 : 0);
  });

  it('knows the other architecture, and whether something is run', () => {
    const entry = { version: '1.0.0', optional: true, cpu: ['arm64'], hasInstallScript: true };
    expect(read({ 'node_modules/a': entry }, 'arm64')).toMatchObject({
      runsScripts: true,
      directories: ['node_modules/a'],
    });
    expect(read({ 'node_modules/a': entry }).runsScripts).toBe(false);
  });
});
