import { statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { pythonSpec, rnx, type SpecParts, specFolder } from './support/rnx.js';

/** In a store that is kept between runs, too, these hooks are new. */
const once = process.pid;
const HOOKS = `hooks:\n  pre_install: 'echo "pre-install ran"; true ${once}'\n  post_install: 'echo "post-install ran"; true ${once}'\n`;

async function build(parts: SpecParts, ...flags: readonly string[]): Promise<string> {
  const built = await rnx(['runtime', 'build', '-v', ...flags, specFolder(pythonSpec(parts))]);
  expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  return String(built.stdout);
}

const UNCHANGED = {
  preInstall: '[6/14] Pre-install Hook: unchanged',
  base: '[7/14] Install Base: unchanged',
  packages: '[8/14] Install Packages: Python: unchanged',
  postInstall: '[9/14] Post-install Hook: unchanged',
};

describe('layers', () => {
  it('are made once: a cached one is not run again, however its neighbours change', async () => {
    const first = await build({ name: 'layers', rest: `pip: [six]\n${HOOKS}` });
    expect(first).toContain('\npre-install ran\n');
    expect(first).toContain('\npost-install ran\n');

    const described = await build({ name: 'layers', description: 'told otherwise', rest: `pip: [six]\n${HOOKS}` });
    for (const line of Object.values(UNCHANGED)) expect(described).toContain(line);
    expect(described).not.toMatch(/^(pre|post)-install ran$/m);

    const onePackageMore = await build({ name: 'layers', rest: `pip: [six, iniconfig]\n${HOOKS}` });
    expect(onePackageMore).toContain(UNCHANGED.preInstall);
    expect(onePackageMore).toContain(UNCHANGED.base);
    expect(onePackageMore).not.toContain(UNCHANGED.packages);
    expect(onePackageMore).not.toContain('\npre-install ran\n');
    // What comes after the packages may look at them.
    expect(onePackageMore).toContain('\npost-install ran\n');
  });

  it('are not looked at when the same spec is built already, and hooks run again when it is forced', async () => {
    const parts = { name: 'layers-again', rest: `pip: [six]\n${HOOKS}` };
    await build(parts);
    const again = await build(parts);
    expect(again).toContain('is already built');
    expect(again).not.toContain('[2/14]');
    const forced = await build(parts, '--force');
    expect(forced).toContain('\npre-install ran\n');
    expect(forced).toContain('\npost-install ran\n');
  });

  it('share the disk: two runtimes have the same inode', async () => {
    await build({ name: 'shares-one' });
    await build({ name: 'shares-two' });
    const [one, two] = ['shares-one', 'shares-two'].map((name) =>
      statSync(path.join(inject('store'), 'runtimes', name, '1.0.0/isolated/usr/bin/python3.11')),
    );
    expect(one?.ino).toBe(two?.ino);
    expect(one?.nlink).toBeGreaterThan(2);
  });
});
