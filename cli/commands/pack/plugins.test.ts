import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../test-support/run-command.js';
import PackCheck from './check.js';
import PackInstall from './install.js';
import PackList from './list.js';
import PackRemove from './remove.js';

const fixtures = fileURLToPath(new URL('../../../fixtures/plugins', import.meta.url));
const clock = path.join(fixtures, 'good/joblet-clock');
const scan = path.join(fixtures, 'good/joblet-scan');

const made: string[] = [];
let store: string;
beforeEach(() => {
  store = newDirectory();
});
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true });
});

function newDirectory(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'pack-'));
  made.push(dir);
  return dir;
}

type Command = Parameters<typeof runCommand>[0];

function run(command: Command, argv: readonly string[], env: Record<string, string> = {}) {
  const around = { PATH: process.env['PATH'] ?? '', HOME: newDirectory(), ...env };
  return runCommand(command, [...argv, '--root', store], { env: around });
}

async function pack(dir: string): Promise<string> {
  const into = newDirectory();
  const { stdout } = await execa('npm', ['pack', '--silent', '--ignore-scripts', `--pack-destination=${into}`, dir]);
  return path.join(into, stdout.trim());
}

const inStore = () => readdirSync(path.join(store, 'plugins')).filter((name) => name !== 'node_modules');

describe('rnx pack install', () => {
  it('brings a plugin from a folder, and from a tarball', async () => {
    expect(await run(PackInstall, [clock])).toMatchObject({
      status: 0,
      stdout: 'Installed joblet-clock 1.0.0: around the phase validate-build\n',
    });
    expect((await run(PackInstall, [await pack(scan)])).stdout).toBe('Installed joblet-scan 1.0.0: phase 13.5 Scan\n');
    expect(inStore()).toEqual(['joblet-clock', 'joblet-scan']);
  });

  it('brings it from npm’s registry, with what it depends on and without running their scripts', async () => {
    const proof = path.join(newDirectory(), 'ran');
    const scripts = { preinstall: `touch ${proof}`, install: `touch ${proof}`, prepare: `touch ${proof}` };
    const registry = await serveRegistry([
      { name: 'joblet-needy', keywords: ['joblet-plugin'], scripts, dependencies: { 'its-helper': '^2.0.0' } },
      { name: 'its-helper', version: '2.1.0', scripts, dependencies: {} },
    ]);
    try {
      const env = { npm_config_registry: registry.url };
      const { status, stderr } = await run(PackInstall, ['joblet-needy@1.0.0'], env);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(existsSync(path.join(store, 'plugins/joblet-needy/node_modules/its-helper/package.json'))).toBe(true);
      expect(existsSync(proof)).toBe(false);
      expect(await run(PackInstall, ['not-there'], env)).toMatchObject({
        status: 11,
        stderr: expect.stringContaining('cannot install not-there: npm has failed'),
      });
    } finally {
      await registry.close();
    }
  });

  it('says that the registry cannot be reached', async () => {
    const { status, stderr } = await run(PackInstall, ['joblet-needy'], {
      npm_config_registry: 'http://127.0.0.1:1',
      npm_config_fetch_retries: '0',
    });
    expect({ status, stderr }).toEqual({ status: 6, stderr: expect.stringContaining('npm cannot reach') });
  });

  it('puts a newer one over an older one', async () => {
    await run(PackInstall, [clock]);
    const newer = newDirectory();
    cpSync(clock, newer, { recursive: true });
    const manifest = JSON.parse(readFileSync(path.join(newer, 'package.json'), 'utf8'));
    writeFileSync(path.join(newer, 'package.json'), JSON.stringify({ ...manifest, version: '1.1.0' }));
    expect((await run(PackInstall, [newer])).stdout).toContain('joblet-clock 1.1.0');
    expect(inStore()).toEqual(['joblet-clock']);
  });

  it('changes nothing when the plugin is broken', async () => {
    const { status, stderr } = await run(PackInstall, [path.join(fixtures, 'bad/taken-key')]);
    expect(status).toBe(11);
    expect(stderr).toContain('taken-key: the key pip is taken: joblet itself brings it');
    expect(inStore()).toEqual([]);
  });

  it.each([['./nothing-here'], ['two words'], ['git+ssh://example.com/a.git'], ['--version']])(
    'is refused: %s',
    async (spec) => {
      expect((await run(PackInstall, [spec])).status).toBe(2);
    },
  );

  it('says so where there is no npm', async () => {
    const { status, stderr } = await run(PackInstall, [clock], { PATH: newDirectory() });
    expect({ status, stderr }).toEqual({ status: 11, stderr: expect.stringContaining('there is no npm') });
  });
});

describe('rnx pack list', () => {
  it('shows what is built in, what is used, and what is left out with every reason', async () => {
    await run(PackInstall, [scan]);
    cpSync(path.join(fixtures, 'bad/wrong-shape'), path.join(store, 'plugins/wrong-shape'), { recursive: true });
    const { stdout, status } = await run(PackList, []);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^joblet +\d+\.\d+\.\d+ +built in +languages .*python/m);
    expect(stdout).toMatch(/^joblet-scan +1\.0\.0 +store +phase 13\.5 Scan$/m);
    expect(stdout).toContain(`Left out: wrong-shape (store: ${store}/plugins/wrong-shape)`);
    expect(stdout).toContain('  phase: unknown key');
    const document = JSON.parse((await run(PackList, ['--json'])).stdout);
    expect(document.built_in.languages).toContainEqual(expect.objectContaining({ id: 'python' }));
    expect(document.plugins).toMatchObject([
      { name: 'joblet-scan', state: 'used', from: 'store', phases: [{ number: 13.5, id: 'scan', title: 'Scan' }] },
      { name: 'wrong-shape', state: 'left_out', problems: expect.arrayContaining([expect.any(String)]) },
    ]);
  });

  it('has the packages that oclif’s plugin manager has linked, if they are plugins of joblet', async () => {
    const data = newDirectory();
    const own = newDirectory();
    for (const one of [clock, scan]) cpSync(one, path.join(own, path.basename(one)), { recursive: true });
    mkdirSync(path.join(own, 'node_modules'));
    const plugins = [
      { type: 'link', name: 'joblet-clock', root: path.join(own, 'joblet-clock') },
      { type: 'user', name: 'only-commands' },
    ];
    writeFileSync(path.join(data, 'package.json'), JSON.stringify({ oclif: { schema: 1, plugins } }));
    const { stdout } = await run(PackList, ['--json'], { RNX_DATA_DIR: data });
    expect(JSON.parse(stdout).plugins).toMatchObject([{ name: 'joblet-clock', from: 'oclif', state: 'used' }]);
  });
});

describe('rnx pack check', () => {
  it('passes where all is well, and says what each brings', async () => {
    expect((await run(PackCheck, [])).stdout).toBe('No plugins found\n');
    await run(PackInstall, [scan]);
    expect(await run(PackCheck, [])).toMatchObject({
      status: 0,
      stdout: 'joblet-scan 1.0.0 is well: phase 13.5 Scan\n',
    });
    expect(JSON.parse((await run(PackCheck, ['joblet-scan', '--json'])).stdout)).toMatchObject({ success: true });
  });

  it('fails with 11 for a broken one, and 9 for one that is not there', async () => {
    cpSync(path.join(fixtures, 'bad/throws'), path.join(store, 'plugins/throws'), { recursive: true });
    expect(await run(PackCheck, ['throws'])).toMatchObject({
      status: 11,
      stderr: expect.stringContaining('throws: loading it failed: no licence found'),
    });
    expect(await run(PackCheck, ['throw'])).toMatchObject({
      status: 9,
      stderr: expect.stringContaining('did you mean throws?'),
    });
  });

  it('has one language to build for the conformance kit', async () => {
    await run(PackInstall, [scan]);
    for (const argv of [['--conformance=1.0'], ['joblet-scan', '--conformance=1.0']])
      expect((await run(PackCheck, argv)).status).toBe(2);
  });

  it('checks a folder without keeping anything', async () => {
    expect((await run(PackCheck, [scan])).status).toBe(0);
    expect((await run(PackCheck, [path.join(fixtures, 'bad/throws-text')])).status).toBe(11);
    expect(inStore()).toEqual([]);
  });
});

describe('rnx pack remove', () => {
  it('removes a plugin, also a broken one, and nothing else', async () => {
    await run(PackInstall, [scan]);
    cpSync(path.join(fixtures, 'bad/loops'), path.join(store, 'plugins/loops'), { recursive: true });
    expect((await run(PackRemove, ['loops'])).stdout).toBe('Removed loops 1.0.0\n');
    expect(JSON.parse((await run(PackRemove, ['joblet-scan', '--json'])).stdout)).toMatchObject({
      success: true,
      name: 'joblet-scan',
    });
    expect(inStore()).toEqual([]);
    expect((await run(PackRemove, ['joblet-scan'])).status).toBe(9);
    expect((await run(PackRemove, ['../..'])).status).toBe(9);
  });
});

interface Published {
  readonly name: string;
  readonly version?: string;
  readonly dependencies: Record<string, string>;
  readonly [field: string]: unknown;
}

/** A registry on the loopback that has these packages, each a plugin by its code. */
async function serveRegistry(packages: readonly Published[]) {
  const archives = new Map<string, { readonly manifest: Published & { version: string }; readonly file: string }>();
  for (const one of packages) {
    const dir = newDirectory();
    const manifest = { version: '1.0.0', type: 'module', exports: './index.js', ...one };
    writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
    const imports = Object.keys(one.dependencies).map((name) => `import '${name}';\n`);
    writeFileSync(
      path.join(dir, 'index.js'),
      `${imports.join('')}export default { apiVersion: 1, name: '${one.name}' };\n`,
    );
    archives.set(one.name, { manifest, file: await pack(dir) });
  }
  const server = createServer((request, response) => {
    const [, name = '', dash] = (request.url ?? '').split('/');
    const found = archives.get(name);
    if (found === undefined) {
      response.writeHead(404).end('{}');
    } else if (dash === '-') {
      response.end(readFileSync(found.file));
    } else {
      const { manifest } = found;
      const dist = { tarball: `${url}/${name}/-/${name}-${manifest.version}.tgz` };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name,
          'dist-tags': { latest: manifest.version },
          versions: { [manifest.version]: { ...manifest, dist } },
        }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { url, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
