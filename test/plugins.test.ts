import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { pythonSpec, repository, rnx, specFolder } from './support/rnx.js';

const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

function newDirectory(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'plugins-'));
  made.push(dir);
  return dir;
}

/** A directory with these plugins of its own. */
function projectWith(...names: readonly string[]): string {
  const project = newDirectory();
  for (const name of names)
    cpSync(
      path.join(repository, 'fixtures/plugins', name),
      path.join(project, '.joblet/plugins', path.basename(name)),
      {
        recursive: true,
      },
    );
  return project;
}

describe('plugins of the directory that rnx is started in', () => {
  const spec = specFolder(pythonSpec({ name: 'plugged' }));

  it('take part in a build, and a broken one is named beside it', async () => {
    const cwd = projectWith('good/joblet-scan', 'good/joblet-clock', 'bad/throws-text');
    const { stdout, stderr, exitCode } = await rnx(['runtime', 'build', '--force', spec], { cwd });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^\[13\.5\/14\] Scan: scanned \d+ files$/m);
    expect(stdout).toMatch(/^\[14\/14\] Validate Build: the checks took \d+ ms$/m);
    expect(stderr).toBe('Warning: plugin throws-text is left out: loading it failed: only text; see rnx pack list\n');
    const json = await rnx(['runtime', 'validate', '--json', spec], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: true });
  });

  it('are not loaded for a job, and not at all where the configuration says so', async () => {
    const cwd = projectWith('bad/loops', 'bad/ends-process');
    const build = await rnx(['runtime', 'build', spec]);
    expect(build.exitCode, build.stderr).toBe(0);
    const job = await rnx(['job', 'run', '--runtime=plugged', 'true'], { cwd });
    expect({ stderr: job.stderr, exitCode: job.exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const store = newDirectory();
    mkdirSync(path.join(store, 'config'));
    writeFileSync(path.join(store, 'config/config.yml'), 'plugins:\n  project: false\n');
    const list = await rnx(['pack', 'list', '--json'], { cwd, env: { JOBLET_ROOT: store } });
    expect(JSON.parse(list.stdout)).toMatchObject({ plugins: [] });
  });

  it('are installed and removed there with --project', async () => {
    const cwd = newDirectory();
    const env = { JOBLET_ROOT: newDirectory() };
    const clock = path.join(repository, 'fixtures/plugins/good/joblet-clock');
    const installed = await rnx(['pack', 'install', '--project', clock], { cwd, env });
    expect(installed.exitCode, installed.stderr).toBe(0);
    const list = await rnx(['pack', 'list', '--json'], { cwd, env });
    expect(JSON.parse(list.stdout).plugins).toMatchObject([{ name: 'joblet-clock', from: 'project', state: 'used' }]);
    expect((await rnx(['pack', 'remove', 'joblet-clock'], { cwd, env })).exitCode).toBe(9);
    expect((await rnx(['pack', 'remove', '--project', 'joblet-clock'], { cwd, env })).exitCode).toBe(0);
    expect(readdirSync(path.join(cwd, '.joblet/plugins'))).toEqual(['node_modules']);
  });

  it('fail a build by what they find', async () => {
    const cwd = projectWith('good/joblet-scan');
    const rest = 'hooks:\n  post_install: mkdir -p /opt/left && touch /opt/left/id_rsa\n';
    const { stderr, exitCode } = await rnx(['runtime', 'build', specFolder(pythonSpec({ name: 'leaky', rest }))], {
      cwd,
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 7,
      stderr: expect.stringContaining('private keys in the runtime: opt/left/id_rsa'),
    });
    const list = await rnx(['runtime', 'list', '--json']);
    expect(list.stdout).not.toContain('leaky');
  });
});

describe('a package that oclif’s plugin manager has linked', () => {
  it('brings its commands and what it is to joblet', async () => {
    const home = newDirectory();
    const dir = path.join(home, 'joblet-hello');
    mkdirSync(path.join(dir, 'commands'), { recursive: true });
    mkdirSync(path.join(dir, 'node_modules'));
    symlinkSync(path.join(repository, 'node_modules/@oclif'), path.join(dir, 'node_modules/@oclif'));
    const files: Readonly<Record<string, string>> = {
      'joblet-hello/package.json': JSON.stringify({
        name: 'joblet-hello',
        version: '1.0.0',
        type: 'module',
        keywords: ['joblet-plugin'],
        exports: './index.js',
        oclif: { commands: './commands' },
      }),
      'joblet-hello/index.js': "export default { apiVersion: 1, name: 'joblet-hello' };\n",
      'joblet-hello/commands/hello.js':
        "import { Command } from '@oclif/core';\nexport default class extends Command { async run() { this.log('hello'); } }\n",
      'data/package.json': JSON.stringify({
        oclif: { schema: 1, plugins: [{ type: 'link', name: 'joblet-hello', root: dir }] },
      }),
    };
    mkdirSync(path.join(home, 'data'));
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(home, name), content);
    const env = { RNX_DATA_DIR: path.join(home, 'data'), JOBLET_ROOT: newDirectory() };
    const hello = await rnx(['hello'], { env });
    expect(hello.stdout, hello.stderr).toBe('hello\n');
    const { plugins } = JSON.parse((await rnx(['pack', 'list', '--json'], { env })).stdout);
    expect(plugins).toMatchObject([{ name: 'joblet-hello', from: 'oclif', state: 'used' }]);
  });
});

describe('rnx pack check --conformance', () => {
  it('builds the language of a plugin, and names the rules that it breaks', async () => {
    const dir = path.join(newDirectory(), 'joblet-lua');
    const create = ['pack', 'create', 'lua', '--package=lua5.4', '--program=lua5.4', `--directory=${dir}`];
    const created = await rnx(create);
    expect(created.exitCode, created.stderr).toBe(0);
    // What `npm install` would bring, without a network.
    mkdirSync(path.join(dir, 'node_modules/@types'), { recursive: true });
    symlinkSync(repository, path.join(dir, 'node_modules/joblet'));
    symlinkSync(path.join(repository, 'node_modules/@types/node'), path.join(dir, 'node_modules/@types/node'));
    await execa('node', [path.join(repository, 'node_modules/typescript/bin/tsc'), '-p', dir]);
    // A smoke test that looks at nothing.
    const smokeTest = "export const smokeTest = () => [{ title: 'nothing', args: ['true'] }];\n";
    writeFileSync(path.join(dir, 'dist/smoke-test.js'), smokeTest);
    const { exitCode, stderr } = await rnx(['pack', 'check', dir, '--conformance=5.4']);
    expect(exitCode, stderr).toBe(11);
    expect(stderr).toMatch(/^Error: joblet-lua: .*\bsmoke-test-fails: /s);
    expect(stderr).not.toMatch(/\b(?:builds|declares|stays-in-root|leaves-host-alone): /);
  });
});

describe('the package as it is published', () => {
  it('works elsewhere, and is the peer of a plugin there', async () => {
    const home = newDirectory();
    const packed = await execa('npm', ['pack', '--silent', '--ignore-scripts', `--pack-destination=${home}`], {
      cwd: repository,
    });
    // What npm would install, without a network: the package from its archive, what it depends on from here.
    const modules = path.join(home, 'node_modules');
    mkdirSync(path.join(modules, 'joblet'), { recursive: true });
    await execa('tar', [
      '-xzf',
      path.join(home, packed.stdout.trim()),
      '-C',
      path.join(modules, 'joblet'),
      '--strip-components=1',
    ]);
    for (const name of readdirSync(path.join(repository, 'node_modules'))) {
      if (name !== 'joblet') symlinkSync(path.join(repository, 'node_modules', name), path.join(modules, name));
    }
    const store = newDirectory();
    const there = (args: readonly string[]) =>
      execa('node', [path.join(modules, 'joblet/cli/bin/rnx.js'), ...args], {
        cwd: home,
        reject: false,
        env: { JOBLET_ROOT: store },
      });
    const installed = await there(['pack', 'install', path.join(repository, 'fixtures/plugins/good/joblet-scan')]);
    expect(installed.stdout, installed.stderr).toBe('Installed joblet-scan 1.0.0: phase 13.5 Scan');
    expect((await there(['pack', 'check', 'joblet-scan'])).stdout).toBe('joblet-scan 1.0.0 is well: phase 13.5 Scan');

    const program = path.join(home, 'program.mjs');
    writeFileSync(
      program,
      `import { createBuilder, loadPlugins } from 'joblet';
import { RULES } from 'joblet/testing';
const { plugins } = await loadPlugins({ root: ${JSON.stringify(store)} });
console.log(createBuilder({ plugins }).listPhases().length, RULES.length > 10);`,
    );
    expect((await execa('node', [program])).stdout).toBe('15 true');

    const types = path.join(home, 'program.ts');
    writeFileSync(
      types,
      `import { definePlugin, type Phase } from 'joblet';
const phase: Phase = { number: 13.5, id: 'own', title: 'Own', description: 'Own', run: async () => {} };
export default definePlugin({ apiVersion: 1, name: 'typed', phases: [phase] });
// @ts-expect-error: it has no name
export const wrong = definePlugin({ apiVersion: 1 });`,
    );
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--target',
      'es2022',
    ];
    const { stdout, exitCode } = await execa(
      'node',
      [path.join(repository, 'node_modules/typescript/bin/tsc'), ...flags, types],
      {
        cwd: home,
        reject: false,
      },
    );
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
  });
});
