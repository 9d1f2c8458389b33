import { describe, expect, it } from 'vitest';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import { parseDpkgDatabase } from './dpkg-database.js';
import { closure, readOwnership } from './ownership.js';

/** Printed as the script in the root prints it. */
const DATABASE = [
  'P\tdash\tamd64\t0.5\tinstalled\t\tlibc6 (>= 2.36), debconf (>= 0.5) | debconf-2.0\t',
  'P\tlibc6:amd64\tamd64\t2.36\tinstalled\t\tlibgcc-s1\t',
  'P\tlibgcc-s1:amd64\tamd64\t12\tinstalled\t\t\t',
  'P\tdebconf\tall\t1.5\tinstalled\tperl-base\t\tdebconf-2.0',
  'P\tperl-base\tamd64\t5.36\tinstalled\t\t\t',
  'P\tlang3\tamd64\t3.11\tinstalled\t\tlang3-minimal (= 3.11), media | mime-types\t',
  'P\tlang3-minimal\tamd64\t3.11\tinstalled\t\t\t',
  'P\tmime-support\tall\t3\tinstalled\t\t\tmime-types (= 3)',
  'P\tgone\tall\t1\tconfig-files\t\t\t',
  'D\t/usr/share/man/sh.1',
  'D\t/usr/share/man/sh.distrib.1',
  'D\tdash',
  'D\t/usr/bin/tool',
  'D\t/usr/bin/tool.real',
  'D\t:',
  'F\tdash.list:/.',
  'F\tdash.list:/bin',
  'F\tdash.list:/bin/dash',
  'F\tdash.list:/usr/share/man/sh.1',
  'F\tperl-base.list:/usr/share/man/sh.1',
  'F\tperl-base.list:/usr/bin/tool',
  'F\tlibc6:amd64.list:/lib64',
  'F\tlibc6:amd64.list:/lib64/ld.so',
  'F\tlang3.list:/etc',
  'F\tlang3.list:/etc/lang.conf',
  'F\tlang3.list:/usr/share/shared',
  'F\tperl-base.list:/usr/share/shared',
].join('\n');

function runner(status: number, stdout: string): CommandRunner {
  return { run: async () => ({ status, stdout, stderrTail: 'why', timedOut: false }) };
}

describe('whose a file of the finished root is', () => {
  it('follows dependencies, alternatives and provided names, but not what only installation scripts need', () => {
    const { packages } = parseDpkgDatabase(DATABASE);
    const kept = closure(packages, ['dash', 'lang3']);
    expect([...kept].sort()).toEqual(['dash', 'lang3', 'lang3-minimal', 'libc6', 'libgcc-s1', 'mime-support']);
  });

  it('keeps the interpreter of perl for what depends on perl as a whole', () => {
    const { packages } = parseDpkgDatabase(
      [
        'P\tgit\tamd64\t2\tinstalled\t\tperl\t',
        'P\tperl\tamd64\t5.36\tinstalled\t\tperl-base (= 5.36), dpkg\t',
        'P\tperl-base\tamd64\t5.36\tinstalled\t\t\t',
        'P\tdpkg\tamd64\t1\tinstalled\t\t\t',
      ].join('\n'),
    );
    expect([...closure(packages, ['git'])].sort()).toEqual(['git', 'perl', 'perl-base']);
  });

  it('says keep and drop by the path where a file really lies', async () => {
    const { owned } = await readOwnership(runner(0, DATABASE), ['lang3']);
    expect(Object.fromEntries(owned)).toEqual({
      '/usr/bin/dash': 'keep',
      '/usr/share/man/sh.1': 'keep',
      '/usr/share/man/sh.distrib.1': 'drop',
      '/usr/bin/tool.real': 'drop',
      '/usr/lib64/ld.so': 'keep',
      '/etc/lang.conf': 'keep',
      '/usr/share/shared': 'keep',
    });
  });

  it('lists installed packages with exact versions, removed ones not', async () => {
    const { installed } = await readOwnership(runner(0, DATABASE), ['lang3']);
    expect(installed).toContainEqual({ name: 'lang3', version: '3.11', keep: true });
    expect(installed).toContainEqual({ name: 'perl-base', version: '5.36', keep: false });
    expect(installed.map((p) => p.name)).not.toContain('gone');
  });

  it('says what is wrong when a hook has removed the database', async () => {
    await expect(readOwnership(runner(1, ''), [])).rejects.toMatchObject({
      code: 'E_BUILD_STEP',
      hint: expect.stringContaining('hook'),
    });
  });
});
