import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeBuilder } from '../../test-support/fake-builder.js';
import { runCommand } from '../../test-support/run-command.js';
import PackCreate from './create.js';

const home = mkdtempSync(path.join(tmpdir(), 'pack-create-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const newDirectory = () => path.join(mkdtempSync(path.join(home, 'in-')), 'made');

async function create(argv: readonly string[], distribution: Record<string, string> = { ruby: '1:3.1' }) {
  const builder = new FakeBuilder();
  builder.distribution = distribution;
  const directory = newDirectory();
  const ran = await runCommand(PackCreate, [...argv, '--directory', directory], { builder });
  const read = (name: string) => readFileSync(path.join(directory, name), 'utf8');
  return { ...ran, directory, read };
}

describe('rnx pack create', () => {
  it('writes sources, tests, a README and an example, and says what comes next', async () => {
    const { stdout, status, directory, read } = await create(['ruby']);
    expect(status).toBe(0);
    expect(readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()).toEqual([
      '.gitignore',
      'README.md',
      'package.json',
      'runtime.yaml',
      'src',
      'src/conformance.test.ts',
      'src/index.ts',
      'src/ruby-pack.ts',
      'src/smoke-test.ts',
      'src/versions.test.ts',
      'src/versions.ts',
      'tsconfig.json',
    ]);
    expect(stdout).toContain(`  cd ${directory}\n  npm install\n  sudo npm test\n`);
    expect(JSON.parse(read('package.json'))).toMatchObject({
      name: 'joblet-ruby',
      keywords: ['joblet-plugin'],
      peerDependencies: { joblet: expect.stringMatching(/^\^\d/) },
    });
    expect(read('src/index.ts')).toContain('apiVersion: 1,');
  });

  it('leaves no placeholder', async () => {
    const { directory, read } = await create(['emacs-lisp', '--package=emacs-nox', '--program=emacs'], {
      'emacs-nox': '1:28.2+1-15+deb12u4',
    });
    const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of names) {
      expect(readFileSync(path.join(parentPath, name), 'utf8'), name).not.toMatch(/\{\{|\}\}|__/);
    }
    expect(read('src/emacs-lisp-pack.ts')).toContain('export const emacsLispPack');
    expect(read('src/versions.ts')).toContain("const names = ['emacs-nox'];");
    expect(read('src/smoke-test.ts')).toContain('emacs --version');
  });

  it.each([
    ['1:3.1', '3.1'],
    ['5.36.0-7+deb12u2', '5.36'],
    ['2:8.2+93', '8.2'],
    ['20240101-1', '20240101'],
  ])('takes the version of the host’s package %s for %s', async (packageVersion, version) => {
    const { read } = await create(['ruby'], { ruby: packageVersion });
    expect(read('runtime.yaml')).toContain(`version: "${version}"`);
  });

  it('asks nobody when it is told the version', async () => {
    const { status, read } = await create(['ruby', '--language-version=3.4'], {});
    expect(status).toBe(0);
    expect(read('runtime.yaml')).toContain('version: "3.4"');
  });

  it('says so when the distribution has no such package', async () => {
    const { status, stderr } = await create(['lua']);
    expect({ status, stderr }).toEqual({
      status: 5,
      stderr:
        'Error: package not found: lua\nHint: name the package with --package; with --language-version it need not be there now\n',
    });
  });

  it.each([
    ['Ruby'],
    ['../ruby'],
    ['ruby', '--package=a b'],
    ['ruby', '--program=/bin/sh'],
    ['ruby', '--program=x; true'],
    ['ruby', '--language-version=latest'],
  ])('refuses %s %s', async (...argv) => {
    const { status } = await create(argv.filter((one) => one !== undefined));
    expect(status).toBe(2);
  });

  it('refuses a language that comes with joblet', async () => {
    const { status, stderr } = await create(['python', '--language-version=3.11']);
    expect(status).toBe(2);
    expect(stderr).toContain('joblet has a python pack');
  });

  it('leaves a directory alone that has something in it', async () => {
    const directory = newDirectory();
    mkdirSync(directory);
    writeFileSync(path.join(directory, 'mine'), '');
    const argv = ['ruby', '--language-version=3.1', '--directory', directory];
    const { status, stderr } = await runCommand(PackCreate, argv);
    expect(status).toBe(2);
    expect(stderr).toContain(`${directory} is not empty`);
    expect(readdirSync(directory)).toEqual(['mine']);
  });

  it('gives what it wrote as JSON', async () => {
    const { stdout, directory } = await create(['ruby', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'ruby', version: '3.1', directory });
  });
});
