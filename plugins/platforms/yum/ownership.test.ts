import { describe, expect, it } from 'vitest';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import { closure, parseRpmDatabase, readOwnership } from './ownership.js';

/** Printed as rpm prints it. */
const DATABASE = [
  'P\tbash\t5.1.8-9.el9',
  'R\tbash\tlibc.so.6()(64bit)\tauto',
  'R\tbash\tfilesystem\tpre,manual',
  'R\tbash\trpmlib(CompressedFileNames)\trpmlib',
  'V\tbash\t/bin/sh',
  'F\tbash\t/bin/bash',
  'P\tfilesystem\t3.16-5.el9',
  'P\tglibc\t2.34-100.el9',
  'V\tglibc\tlibc.so.6()(64bit)',
  'F\tglibc\t/usr/lib64/libc.so.6',
  'P\tlang\t1:3.11.7-1.el9',
  'R\tlang\t/usr/bin/bash\tmanual',
  'R\tlang\ttool\tpost,interp',
  'F\tlang\t/etc/lang',
  'F\tlang\t/etc/lang/lang.conf',
  'F\tlang\t/usr/share/shared',
  'P\ttool\t1-1',
  'F\ttool\t/usr/bin/tool',
  'F\ttool\t/usr/share/shared',
  'P\tgpg-pubkey\tfd431d51-4ae0493b',
].join('\n');

function runner(status: number, stdout: string): CommandRunner {
  return { run: async () => ({ status, stdout, stderrTail: 'why', timedOut: false }) };
}

describe('whose a file of a finished root with rpm is', () => {
  it('follows packages, what they provide and files, but not what only scripts need', () => {
    const kept = closure(parseRpmDatabase(DATABASE), ['lang']);
    expect([...kept].sort()).toEqual(['bash', 'filesystem', 'glibc', 'lang']);
  });

  it('says keep and drop by the path where a file really lies, and leaves directories out', async () => {
    const { owned, installed } = await readOwnership(runner(0, DATABASE), ['lang']);
    expect(Object.fromEntries(owned)).toEqual({
      '/usr/bin/bash': 'keep',
      '/usr/lib64/libc.so.6': 'keep',
      '/etc/lang/lang.conf': 'keep',
      '/usr/share/shared': 'keep',
      '/usr/bin/tool': 'drop',
    });
    expect(installed).toContainEqual({ name: 'lang', version: '1:3.11.7-1.el9', keep: true });
    expect(installed.map(({ name }) => name)).not.toContain('gpg-pubkey');
  });

  it('says what is wrong when a hook has removed the database', async () => {
    await expect(readOwnership(runner(1, ''), [])).rejects.toMatchObject({ code: 'E_BUILD_STEP' });
  });
});
