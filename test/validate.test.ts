import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { pythonSpec, repository, rnx, specFolder } from './support/rnx.js';

const SPECS = path.join(repository, 'fixtures/specs');
const specsIn = (folder: string) => readdirSync(path.join(SPECS, folder)).filter((name) => name.endsWith('.yaml'));

const store = mkdtempSync(path.join(tmpdir(), 'validate-'));
afterAll(() => rmSync(store, { recursive: true, force: true }));

describe('rnx runtime validate', () => {
  it.concurrent.each(specsIn('bad'))('reports what is wrong with %s, and makes nothing', async (name) => {
    const { stdout, stderr, exitCode } = await rnx(['runtime', 'validate', name], {
      cwd: path.join(SPECS, 'bad'),
      env: { JOBLET_ROOT: path.join(store, 'none') },
    });
    const report = readFileSync(path.join(SPECS, 'bad', name.replace(/\.yaml$/, '.expected')), 'utf8');
    expect(stderr).toContain(`Error: ${report}Hint: `);
    expect(stdout).toBe('');
    expect(exitCode).toBe(3);
    expect(existsSync(path.join(store, 'none'))).toBe(false);
  });

  it.concurrent.each([
    'minimal.yaml',
    'anchors.yaml',
    'reference-minimal.yaml',
    'reference-ml.yaml',
    'windows-line-ends.yaml',
  ])('finds everything that %s asks for', async (name) => {
    const { stdout, stderr, exitCode } = await rnx(['runtime', 'validate', path.join(SPECS, 'good', name)]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/: valid\n/);
    expect(stdout).toMatch(/^ {2}python3\.\d+ +\d\S+ +\w+$/m);
  });

  it.each(['python 3.99', 'java 99', 'node 99', 'go 1.99', 'rust 1.999'])(
    'names the line of a version that nobody has (%s), and lists what can be had',
    async (asked) => {
      const [language = '', version = ''] = asked.split(' ');
      const folder = specFolder(
        pythonSpec({ name: 'nobody-has-it' })
          .replace('language: python', `language: ${language}`)
          .replace('version: "3.11"', `version: "${version}"`),
      );
      const { stdout, stderr, exitCode } = await rnx(['runtime', 'validate', folder]);
      expect(exitCode, `${stdout}${stderr}`).toBe(5);
      expect(stderr).toContain(`Error: ${asked} is not to be had here\nruntime.yaml:7:12\n`);
      expect(stderr).toMatch(/^Hint: .*bookworm/ms);
    },
  );

  it('says which runtime a build would replace, and leaves it as it is', async () => {
    const first = specFolder(pythonSpec({ name: 'validated' }));
    expect((await rnx(['runtime', 'build', first])).exitCode).toBe(0);
    const file = path.join(inject('store'), 'runtimes/validated/1.0.0/runtime.yml');
    const before = readFileSync(file, 'utf8');
    const changed = specFolder(pythonSpec({ name: 'validated', rest: 'pip: [six]\n' }));
    const { stdout } = await rnx(['runtime', 'validate', changed]);
    expect(stdout).toMatch(/Warnings:\n {2}validated@1\.0\.0 exists, built .+; a build replaces it\n/);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('makes no runtime, and gives programs one document with exact versions', async () => {
    const folder = specFolder(pythonSpec({ name: 'only-validated', rest: 'pip: [six]\n' }));
    const { stdout, stderr } = await rnx(['runtime', 'validate', '--json', folder]);
    expect(stderr).toBe('');
    expect(JSON.parse(String(stdout))).toMatchObject({
      valid: true,
      specification: { name: 'only-validated' },
      plan: { languages: { python: { packages: [{ name: 'six', version: expect.stringMatching(/^\d+\.\d+/) }] } } },
      warnings: [],
      notes: [],
    });
    const plan = await rnx(['runtime', 'build', '--dry-run', folder]);
    expect(plan.stdout).toMatch(/^ {2}libc6 +\d\S+ +\w+$/m);
    expect(plan.stdout).toMatch(/^ {2}six +\d+\.\d+/m);
    expect(plan.stdout).toMatch(/Nothing was built\.\n$/);
    expect(existsSync(path.join(inject('store'), 'runtimes/only-validated'))).toBe(false);
  });
});
