import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type NpmPackage, type NpmRegistry, startNpmRegistry, TINY_ADDON } from '../fixtures/npm/index.js';
import { startPypi, wheel } from '../fixtures/pypi/index.js';
import { ownHome } from './support/own-home.js';
import { rnx, specFolder } from './support/rnx.js';

const TOKEN = 'npm_correct-horse-7';
const PACKAGES: readonly NpmPackage[] = [
  { name: 'tiny-base', version: '1.0.0' },
  { name: 'tiny-base', version: '1.5.0' },
  { name: 'tiny-base', version: '2.0.0' },
  {
    name: 'tiny-app',
    version: '1.2.0',
    manifest: { dependencies: { 'tiny-base': '^1.0.0' }, bin: { 'tiny-hello': 'hello.js' } },
    files: {
      'index.js': "module.exports = 'app with ' + require('tiny-base');\n",
      'hello.js': "#!/usr/bin/env node\nconsole.log('hello from ' + require('tiny-base'));\n",
    },
  },
  {
    name: '@tiny/module',
    version: '3.0.1',
    manifest: { type: 'module', exports: './index.js' },
    files: { 'index.js': "export { default } from 'tiny-base';\n" },
  },
  {
    name: 'tiny-platforms',
    version: '1.0.0',
    manifest: { optionalDependencies: { 'tiny-elsewhere': '1.0.0' } },
  },
  { name: 'tiny-elsewhere', version: '1.0.0', manifest: { os: ['darwin'] } },
  {
    name: 'tiny-curious',
    version: '1.0.0',
    manifest: { scripts: { postinstall: 'node look.js' } },
    // What it finds of settings, in files and variables, is in the runtime, for the test to see.
    files: {
      'look.js': `const { execSync } = require('node:child_process');
const found = execSync('env; cat ~/.npmrc /tmp/joblet*/npmrc "$npm_config_userconfig" 2>&1 || true').toString();
require('node:fs').writeFileSync('found.txt', found);\n`,
      'index.js': "module.exports = require('node:fs').readFileSync(__dirname + '/found.txt', 'utf8');\n",
    },
  },
  { name: 'tiny-orphan', version: '1.0.0', manifest: { dependencies: { 'tiny-nowhere': '1' } } },
  { name: 'tiny-broken', version: '1.0.0' },
  { name: 'tiny-cut', version: '1.0.0' },
  TINY_ADDON,
];

function nodeSpec(name: string, list: readonly string[], rest = '', base = 'language: node\n  version: "20"'): string {
  return specFolder(`schema_version: "1.0"
name: ${name}
version: 1.0.0
description: made by a test
base:
  ${base}
npm:
${list.map((one) => `  - "${one}"\n`).join('')}${rest}`);
}

describe('a node runtime', () => {
  let registry: NpmRegistry;
  let env: Record<string, string>;
  let log: string;
  let installPath: string;

  beforeAll(async () => {
    registry = await startNpmRegistry([...PACKAGES], { token: TOKEN });
    registry.tamper('tiny-broken');
    registry.truncate('tiny-cut');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm puts the variable in
    env = { ...ownHome({ '.npmrc': registry.npmrc('${TINY_TOKEN}') }), TINY_TOKEN: TOKEN };
    const list = ['tiny-app', 'tiny-base@^1.0.0', '@tiny/module@3', 'tiny-addon', 'tiny-platforms', 'tiny-curious'];
    const built = await rnx(['runtime', 'build', '--json', '-v', nodeSpec('node-e2e', list)], { env });
    log = `${built.stderr}${built.stdout}`;
    expect(built.exitCode, log).toBe(0);
    installPath = JSON.parse(String(built.stdout)).install_path;
  });
  afterAll(() => registry.close());

  const run = (...command: readonly string[]) => rnx(['job', 'run', '--runtime=node-e2e', ...command]);

  it('has the node that was asked for, with npm and npx, and nothing of what npm is made of', async () => {
    const shown = await run(
      'sh',
      '-c',
      'node -p process.versions.node; npm --version; npx --version; which python3 gcc',
    );
    expect(shown.stdout).toMatch(/^20\.\d+\.\d+\n\d+\.\d+\.\d+\n\d+\.\d+\.\d+\n$/);
    const foreign = await run(
      'node',
      '-e',
      "for (const one of ['webpack', 'semver', 'tar']) try { require(one); console.log(one) } catch {}",
    );
    expect(foreign.stdout).toBe('');
  });

  it('finds its packages by require and by import, from any directory, with no network', async () => {
    const program = `import module from '@tiny/module'; import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      console.log(module + ', ' + require('tiny-app') + ', ' + require('tiny-addon'));`;
    const done = await run(
      'sh',
      '-c',
      'mkdir -p a/b && cd a/b && printf "%s" "$1" > x.mjs && node x.mjs',
      'sh',
      program,
    );
    expect(done.stdout).toBe('tiny-base 1.5.0, app with tiny-base 1.5.0, 42\n');
  });

  it('has the programs of its packages on PATH, and for npx', async () => {
    const done = await run('sh', '-c', 'tiny-hello && npx tiny-hello');
    expect(done.stdout).toBe('hello from tiny-base 1.5.0\n'.repeat(2));
  });

  it('lists its packages with all that they need, exactly, and none of another platform', () => {
    const manifest = parse(readFileSync(path.join(installPath, 'runtime.yml'), 'utf8'));
    expect(manifest.packages).toEqual([
      '@tiny/module@3.0.1',
      'tiny-addon@1.0.0',
      'tiny-app@1.2.0',
      'tiny-base@1.5.0',
      'tiny-curious@1.0.0',
      'tiny-platforms@1.0.0',
    ]);
    expect(manifest.language_version).toBe('20');
    expect(manifest.build_info.distribution_packages.join('\n')).not.toMatch(/^(?:npm|g\+\+|python3|webpack)=/m);
  });

  it('has nothing of the settings, no output shows the token, and no script of a package has seen it', async () => {
    expect(log).not.toContain(TOKEN);
    const seen = await run('node', '-p', 'require("tiny-curious")');
    expect(seen.stdout).toContain('npm_lifecycle_event=postinstall');
    expect(seen.stdout).not.toMatch(new RegExp(`${TOKEN}|_authToken`));
    const found = await run(
      'sh',
      '-c',
      `grep -rlE "${TOKEN}|_authToken=" / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev --exclude-dir=npm 2>/dev/null`,
    );
    expect(found.stdout).toBe('');
  });

  it('is known to be broken when a package is gone from it', async () => {
    const module = path.join(installPath, 'isolated/usr/local/lib/node_modules/tiny-base');
    renameSync(module, `${module}.aside`);
    const tested = await rnx(['runtime', 'test', 'node-e2e']);
    renameSync(`${module}.aside`, module);
    expect(tested.exitCode).toBe(7);
    expect(`${tested.stdout}${tested.stderr}`).toContain('npm packages can be imported');
    expect((await rnx(['runtime', 'test', 'node-e2e'])).exitCode).toBe(0);
  });

  it('is resolved in the build root when a hook may have changed node; the npm of a hook has the registry', async () => {
    const hooks = 'hooks:\n  pre_install: |\n    true\n  post_install: |\n    npm view tiny-base version\n';
    const built = await rnx(['runtime', 'build', '--json', '-v', nodeSpec('node-hook', ['tiny-app'], hooks)], { env });
    expect(built.exitCode, `${built.stderr}${built.stdout}`).toBe(0);
    expect(built.stderr).toContain('2.0.0');
    const { install_path } = JSON.parse(String(built.stdout));
    const manifest = parse(readFileSync(path.join(install_path, 'runtime.yml'), 'utf8'));
    expect(manifest.packages).toEqual(['tiny-app@1.2.0', 'tiny-base@1.5.0']);
  });

  it('can be a python runtime too, with node of the same release', async () => {
    const python = nodeSpec('python-npm', ['tiny-app'], '', 'language: python\n  version: "3.11"');
    const built = await rnx(['runtime', 'build', '--json', python], { env });
    expect(built.exitCode, `${built.stderr}${built.stdout}`).toBe(0);
    const done = await rnx([
      'job',
      'run',
      '--runtime=python-npm',
      'python',
      '-c',
      "import subprocess; print(subprocess.run(['node', '-p', 'process.version + require(\"tiny-app\")'], capture_output=True, text=True).stdout)",
    ]);
    expect(done.stdout).toMatch(/^v18\.\d+\.\d+app with tiny-base 1\.5\.0/);
  });

  it('has pip packages beside its own, with the python of the same release', async () => {
    const pypi = await startPypi([wheel({ name: 'tiny', version: '1.0' })]);
    try {
      const both = nodeSpec('node-pip', ['tiny-app'], 'pip: [tiny]\n');
      const built = await rnx(['runtime', 'build', '--json', both], { env: { ...env, PIP_INDEX_URL: pypi.indexUrl } });
      expect(built.exitCode, `${built.stderr}${built.stdout}`).toBe(0);
    } finally {
      await pypi.close();
    }
    const command = 'python3 -c "import tiny, sys; print(sys.version_info[:2])"; node -p "require(\'tiny-app\')"';
    const done = await rnx(['job', 'run', '--runtime=node-pip', 'sh', '-c', command]);
    expect(done.stdout).toBe('(3, 13)\napp with tiny-base 1.5.0\n');
  });

  it.each<readonly [string, readonly string[], number, string, RegExp, string]>([
    [
      'packages and versions that are not there',
      ['tiny-app', 'tiny-nothing', 'tiny-base@9'],
      5,
      'E_PACKAGE_NOT_FOUND',
      /tiny-nothing, tiny-base@9/,
      '"line": 10',
    ],
    ['a package that needs one that is not there', ['tiny-orphan'], 5, 'E_PACKAGE_NOT_FOUND', /tiny-nowhere/, ''],
    ['a package that is not what its registry says', ['tiny-broken'], 5, 'E_NPM_INSTALL', /integrity|sha512/i, ''],
    ['a package that breaks off', ['tiny-cut'], 6, 'E_NETWORK', /127\.0\.0\.1|tiny-cut|aborted|premature/i, ''],
  ])('fails in phase 4 for %s', async (_, list, status, code, message, place) => {
    const failed = await rnx(['runtime', 'build', '--json', nodeSpec('node-bad', list)], { env });
    const { error } = JSON.parse(String(failed.stdout));
    expect(error).toMatchObject({ code, phase: 'validate-packages' });
    expect(failed.exitCode).toBe(status);
    expect(error.message).toMatch(message);
    expect(failed.stdout).toContain(place);
  });

  it('says so when the registry wants another token, or is not there', async () => {
    const failed = await rnx(['runtime', 'build', '--json', nodeSpec('node-bad', ['tiny-base@2'])], {
      env: { ...env, TINY_TOKEN: 'wrong' },
    });
    expect(JSON.parse(String(failed.stdout)).error).toMatchObject({ code: 'E_NETWORK', phase: 'validate-packages' });
    const gone = await rnx(['runtime', 'build', '--json', nodeSpec('node-bad', ['tiny-base@2'])], {
      env: ownHome({ '.npmrc': 'registry=http://127.0.0.1:1/\nfetch-retries=0\n' }),
    });
    expect(JSON.parse(String(gone.stdout)).error).toMatchObject({ code: 'E_NETWORK', phase: 'validate-packages' });
    expect(JSON.parse(String(gone.stdout)).error.message).toContain('127.0.0.1:1');
  });
});
