import { describe, expect, it } from 'vitest';
import { specInvalid } from '../../../core/errors/errors.js';
import { FakeBuilder, installedRuntime } from '../../test-support/fake-builder.js';
import { runCommand } from '../../test-support/run-command.js';
import Version from '../version.js';
import RuntimeInfo from './info.js';
import RuntimeList from './list.js';
import RuntimeRemove from './remove.js';
import RuntimeTest from './test.js';
import RuntimeValidate from './validate.js';
import RuntimeVersions from './versions.js';

describe('rnx runtime list', () => {
  it('has the columns that scripts know', async () => {
    const { stdout } = await runCommand(RuntimeList, []);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['RUNTIME', 'VERSION', 'LANGUAGE', 'SIZE', 'DESCRIPTION'],
      ['python-3.11-ml', '1.0.0', 'python', '226.3MB', 'Python 3.11 with machine learning packages'],
      [''],
    ]);
  });

  it('has the keys that programs know', async () => {
    const { stdout } = await runCommand(RuntimeList, ['--json']);
    expect(JSON.parse(stdout)).toEqual([
      {
        id: 'python-3.11-ml',
        language: 'python',
        version: '1.0.0',
        name: 'python-3.11-ml',
        description: 'Python 3.11 with machine learning packages',
        size_bytes: 237_285_376,
        size: '226.3MB',
        packages: ['numpy==2.4.6'],
        available: true,
      },
    ]);
  });

  it('says what to do in an empty store, and [] to programs', async () => {
    const builder = new FakeBuilder();
    builder.runtimes = [];
    expect((await runCommand(RuntimeList, [], { builder })).stdout).toContain('No runtimes. Build one with:');
    expect((await runCommand(RuntimeList, ['--json'], { builder })).stdout).toBe('[]\n');
  });
});

describe('rnx runtime versions', () => {
  it('says what can be built, from where, and which source could not be asked', async () => {
    const { stdout } = await runCommand(RuntimeVersions, ['python']);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['LANGUAGE', 'VERSION', 'EXACT', 'SOURCE', 'FROM'],
      ['python', '3.11', '3.11.2-6', 'distribution', 'bookworm'],
      [''],
      ['not asked: ubuntu: no keys'],
      [''],
    ]);
    expect(JSON.parse((await runCommand(RuntimeVersions, ['--json'])).stdout)).toMatchObject([
      { source: 'distribution', versions: [{ version: '3.11' }] },
      { source: 'ubuntu', unreachable: 'no keys' },
    ]);
  });
});

describe('rnx runtime info', () => {
  it('shows what a runtime is made of, without secrets', async () => {
    const { stdout } = await runCommand(RuntimeInfo, ['python-3.11-ml@1.0.0']);
    expect(stdout).toMatch(/^Runtime: +python-3\.11-ml\nVersion: +1\.0\.0\n/);
    expect(stdout).toMatch(/\nLanguage: +python 3\.11\.2\n/);
    expect(stdout).toContain('\nPackages:\n  numpy==2.4.6\n');
    expect(stdout).toContain('  API_TOKEN=***\n');
    expect(stdout).toContain('\nUsage:\n  rnx job run --runtime=python-3.11-ml@1.0.0 COMMAND\n');
  });

  it('gives programs the manifest', async () => {
    const { stdout } = await runCommand(RuntimeInfo, ['--json', 'python-3.11-ml']);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'python-3.11-ml',
      language_version: '3.11',
      packages: ['numpy==2.4.6'],
      environment: { PYTHONUNBUFFERED: '1', API_TOKEN: '***' },
      build_info: { release: 'bookworm' },
      path: '/opt/joblet/runtimes/python-3.11-ml/1.0.0',
    });
  });

  it('fails with the status of its error for an unknown one', async () => {
    const { stderr, status } = await runCommand(RuntimeInfo, ['nope']);
    expect(stderr).toBe('Error: runtime not found: nope\nHint: build one with: rnx runtime build PATH\n');
    expect(status).toBe(9);
  });
});

describe('rnx runtime remove', () => {
  it('names what is gone', async () => {
    const builder = new FakeBuilder();
    const { stdout } = await runCommand(RuntimeRemove, ['python-3.11-ml'], { builder });
    expect(stdout).toBe('Removed python-3.11-ml 1.0.0\n');
    expect(builder.removed).toEqual(['python-3.11-ml']);
  });

  it('tells programs', async () => {
    const { stdout } = await runCommand(RuntimeRemove, ['python-3.11-ml@latest', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      removed: [{ name: 'python-3.11-ml', version: '1.0.0' }],
    });
  });
});

describe('rnx runtime test', () => {
  it('lists the checks', async () => {
    const { stdout, status } = await runCommand(RuntimeTest, ['python-3.11-ml']);
    expect(stdout).toBe('Testing python-3.11-ml 1.0.0\n  ok     python starts\nPassed\n');
    expect(status).toBe(0);
  });

  it('fails with the output of the check that failed', async () => {
    const builder = new FakeBuilder();
    builder.onTest = () => ({
      runtime: installedRuntime(),
      checks: [{ title: 'numpy is imported', passed: false, output: 'ImportError: libgomp\n' }],
      passed: false,
    });
    const { stdout, stderr, status } = await runCommand(RuntimeTest, ['python-3.11-ml'], { builder });
    expect(stdout).toContain('  FAILED numpy is imported\n         ImportError: libgomp\n');
    expect(stderr).toContain('Error: the finished runtime does not work: numpy is imported\nHint: ');
    expect(status).toBe(7);
  });
});

describe('rnx runtime validate', () => {
  it('prints the specification, the platform, the packages and the warnings with their place', async () => {
    const { stdout, status } = await runCommand(RuntimeValidate, ['.']);
    expect(stdout).toMatch(/^\/specs\/runtime\.yaml: valid\n/);
    expect(stdout).toMatch(/\n {2}Language: +python 3\.11\n/);
    expect(stdout).toMatch(/\n {2}Hooks: +pre_install \(timeout 20m\)\n/);
    expect(stdout).toContain('\n  debian-amd64 (bookworm, apt); the runtime is made of bookworm\n');
    expect(stdout).toMatch(/Distribution packages \(1\):\n {2}python3\.11 +3\.11\.2-6 +amd64\n {2}and 2 that/);
    expect(stdout).toContain('  /specs/runtime.yaml:7:12: base.version: a number: it is taken as 3.10 (quote it)\n');
    expect(stdout).toContain('  python-3.11-ml 1.0.0 is installed and would be replaced\n');
    expect(status).toBe(0);
  });

  it('shows no secret', async () => {
    for (const argv of [['.'], ['.', '--json']]) {
      const { stdout } = await runCommand(RuntimeValidate, argv);
      expect(stdout).toContain('***');
      expect(stdout).not.toMatch(/hunter2|secret/);
    }
  });

  it('gives programs the specification and the plan', async () => {
    const { stdout } = await runCommand(RuntimeValidate, ['--json', '.']);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: true,
      specification: { schema_version: '1.0', base: { language: 'python' }, pip: ['numpy'], hooks: { timeout: '20m' } },
      platform: { id: 'debian-amd64' },
      plan: { release: 'bookworm', build: [{ name: 'python3.11', version: '3.11.2-6' }, { name: 'libexpat1' }] },
      warnings: [{ line: 7, column: 12 }],
    });
  });

  it('prints the report of an invalid one on standard error', async () => {
    const builder = new FakeBuilder();
    builder.onValidate = async () => {
      throw specInvalid('runtime.yaml:2:1: unknown key', [{ severity: 'error' }], 'runtime.yaml');
    };
    const { stdout, stderr, status } = await runCommand(RuntimeValidate, ['.'], { builder });
    expect(stdout).toBe('');
    expect(stderr).toContain('Error: runtime.yaml: 1 problem\nruntime.yaml:2:1: unknown key\nHint: ');
    expect(status).toBe(3);
  });
});

describe('rnx version', () => {
  it('names itself and Node.js', async () => {
    expect((await runCommand(Version, [])).stdout).toMatch(/^rnx \d+\.\d+\.\d+ \(linux-\w+, Node\.js \d+\./);
  });
});

describe('a wrong command line', () => {
  it.each([
    { title: 'suggests a flag', argv: ['--jsn'], message: 'Nonexistent flag: --jsn', hint: 'did you mean --json?' },
    { title: 'names what is too much', argv: ['a'], message: 'Unexpected argument: a', hint: '--help' },
    { title: 'refuses an empty store', argv: ['--root', ''], message: '--root is empty', hint: 'directory' },
  ])('$title', async ({ argv, message, hint }) => {
    const { stderr, status } = await runCommand(RuntimeList, argv);
    expect(stderr).toContain(`Error: ${message}\nHint: `);
    expect(stderr).toContain(hint);
    expect(status).toBe(2);
  });
});

describe('the store', () => {
  const cases: readonly { title: string; argv: string[]; env: Record<string, string>; root?: string }[] = [
    { title: "is the engine's own by default", argv: [], env: {} },
    { title: 'is what JOBLET_ROOT says', argv: [], env: { JOBLET_ROOT: '/a' }, root: '/a' },
    { title: 'is what --root says, over JOBLET_ROOT', argv: ['--root=/b'], env: { JOBLET_ROOT: '/a' }, root: '/b' },
    { title: 'is not moved by an empty JOBLET_ROOT', argv: [], env: { JOBLET_ROOT: '' } },
  ];
  it.each(cases)('$title', async ({ argv, env, root }) => {
    const { opened } = await runCommand(RuntimeList, argv, { env });
    expect(opened).toEqual([{ env, ...(root === undefined ? {} : { root }) }]);
  });

  it('is named in the line to run a runtime only where the same shell would not find it', async () => {
    const env = { JOBLET_ROOT: '/a' };
    expect((await runCommand(RuntimeInfo, ['python-3.11-ml', '--root=/b'], { env })).stdout).toContain('--root=/b');
    expect((await runCommand(RuntimeInfo, ['python-3.11-ml', '--root=/a'], { env })).stdout).not.toContain('--root');
    expect((await runCommand(RuntimeInfo, ['python-3.11-ml'], { env })).stdout).not.toContain('--root');
  });
});
