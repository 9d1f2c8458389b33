import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { pythonSpec, rnx, rnxPath, specFolder } from './support/rnx.js';

const NAME = 'surroundings';
const spec = specFolder(
  pythonSpec({ name: NAME, rest: 'pip: [six]\nhooks:\n  post_install: mkdir /opt/made && echo x > /opt/made/file\n' }),
);
const scratch = mkdtempSync(path.join(tmpdir(), 'surroundings-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function digest(): string {
  const manifest = parse(readFileSync(path.join(inject('store'), 'runtimes', NAME, '1.0.0/runtime.yml'), 'utf8'));
  return manifest.digest;
}

describe('a build gives the same', () => {
  it('under any umask, from any folder, with an input that stays open and silent', async () => {
    const usual = await rnx(['runtime', 'build', '--force', spec]);
    expect(usual.exitCode, `${usual.stdout}${usual.stderr}`).toBe(0);
    const expected = digest();
    const odd = await execa(
      'sh',
      ['-c', 'umask 077; exec node "$@"', 'sh', rnxPath, 'runtime', 'build', '--force', '.'],
      {
        cwd: spec,
        stdin: 'pipe',
        reject: false,
        env: { JOBLET_ROOT: inject('store') },
      },
    );
    expect(odd.exitCode, `${odd.stdout}${odd.stderr}`).toBe(0);
    expect(digest()).toBe(expected);
    const run = await rnx(['job', 'run', `--runtime=${NAME}`, 'sh', '-c', 'stat -c "%a %n" /opt/made /opt/made/file']);
    expect(run.stdout).toBe('755 /opt/made\n644 /opt/made/file\n');
  });
});

describe('the store', () => {
  it('is where --root says, whatever JOBLET_ROOT says', async () => {
    const env = { JOBLET_ROOT: path.join(scratch, 'empty') };
    const list = await rnx(['runtime', 'list', '--json', '--root', inject('store')], { env });
    expect(JSON.parse(String(list.stdout))).toEqual(expect.arrayContaining([expect.objectContaining({ name: NAME })]));
    expect((await rnx(['runtime', 'list', '--json'], { env })).stdout).toBe('[]\n');
  });

  it('may be in a folder that is root’s alone, whose name has anything in it', async () => {
    const closed = path.join(scratch, 'closed');
    const root = path.join(closed, `it's a "store", with:colons \\ and\nlines $HOME`);
    mkdirSync(root, { recursive: true });
    chmodSync(closed, 0o700);
    // Hard links, so that nothing is made or copied.
    await execa('cp', ['-al', path.join(inject('store'), 'cache'), root]);
    const plain = specFolder(
      pythonSpec({ name: NAME, rest: 'hooks:\n  post_install: echo $RUNTIME_NAME > /opt/name\n' }),
    );
    const built = await rnx(['runtime', 'build', plain, '--root', root]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    const run = await rnx([
      'job',
      'run',
      '--root',
      root,
      `--runtime=${NAME}`,
      'sh',
      '-c',
      'cat /opt/name; python -c "print(1)"',
    ]);
    expect(`${run.stdout}${run.stderr}`).toBe(`${NAME}\n1\n`);
  });
});
