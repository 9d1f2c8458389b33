import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_CONFIG } from '../../../core/config/config.js';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { BuildServices, PackageSet } from '../../../core/contracts/platform-adapter.js';
import { type AptRepo, makeAptHost, makeAptRepo } from '../../../fixtures/apt-repo/index.js';
import { AptPlatform } from './apt-platform.js';

const ESSENTIAL = { name: 'base-files', fields: { Essential: 'yes' } };
const APT = { name: 'apt' };
const KEYRING = 'usr/share/keyrings/ubuntu-archive-keyring.gpg';

const services: BuildServices = {
  signal: new AbortController().signal,
  log: () => {},
  progress: () => {},
  warn: () => {},
};

function set(name: string, versions: PackageSet['versions'] = {}): PackageSet {
  return { build: [name], runtime: [name], tools: [], versions };
}

// Ubuntu's own archive is not to be relied on by a test: a signed repository with its layout stands in.
describe('suites beside the releases of the host', () => {
  let ubuntu: AptRepo;
  let debian: AptRepo;

  beforeAll(async () => {
    ubuntu = await makeAptRepo({
      origin: 'Ubuntu',
      suites: {
        noble: [
          ESSENTIAL,
          APT,
          { name: 'rustc', version: '1.75.0+dfsg0ubuntu1-0ubuntu7' },
          { name: 'python3.12', version: '3.12.3-1' },
        ],
        'noble-updates': [{ name: 'python3.12', version: '3.12.3-1ubuntu0.17' }],
      },
    });
    debian = await makeAptRepo({
      suites: {
        bookworm: [
          ESSENTIAL,
          APT,
          { name: 'golang', version: '2:1.19~1' },
          { name: 'liblang', version: '1.0' },
          {
            name: 'ubuntu-archive-keyring',
            fill: async (tree) => {
              await mkdir(dirname(join(tree, KEYRING)), { recursive: true });
              await execa('gpg', ['--batch', '--dearmor', '--output', join(tree, KEYRING), ubuntu.keyring]);
            },
          },
        ],
        'bookworm-backports': [
          { name: 'golang-1.21', version: '1.21.13-1~bpo12+1', fields: { Depends: 'liblang' } },
          { name: 'golang', version: '2:1.21~2~bpo12+1' },
        ],
        trixie: [ESSENTIAL, APT, { name: 'golang', version: '2:1.24~2' }],
      },
    });
  });
  afterAll(async () => {
    await debian.close();
    await ubuntu.close();
  });

  async function onDebian(keyrings: Readonly<Record<string, string>> = {}) {
    const sources = {
      'debian.sources': `Types: deb\nURIs: ${debian.url}\nSuites: bookworm\nComponents: main\nSigned-By: ${debian.keyring}\n`,
    };
    const fixture = await makeAptHost({ release: 'bookworm', sources });
    onTestFinished(() => fixture.close());
    const config = { ...DEFAULT_CONFIG, toolchains: { addresses: { ubuntu: ubuntu.url }, keyrings } };
    const platform = new AptPlatform(fixture.host, DEFAULT_ID_MAP, fixture.storeRoot, fixture.osReleasePath, {
      load: async () => config,
    });
    const info = await platform.detect();
    if (info === undefined) throw new Error('no platform');
    const suitesOf = (source: string) =>
      platform
        .suites(info)
        .filter((suite) => suite.source === source)
        .map(({ id }) => id);
    const resolve = (group: readonly PackageSet[], suites?: readonly string[]) =>
      platform.resolve(info, { groups: [group], ...(suites ? { suites } : {}) }, services);
    return { fixture, platform, info, suitesOf, resolve };
  }

  it('are its backports, other releases, and the other distribution of the family', async () => {
    const { suitesOf } = await onDebian();
    expect(suitesOf('distribution')).toEqual(['bookworm']);
    expect(suitesOf('releases').slice(0, 3)).toEqual(['bookworm-backports', 'trixie', 'trixie-backports']);
    expect(suitesOf('ubuntu')).toContain('noble');
    expect(suitesOf('debian')).toEqual([]);
  });

  it('gives what a set asks for, and never another version', async () => {
    const { resolve } = await onDebian();
    const chosen = async (version: string) => {
      const resolution = await resolve([set('golang', { golang: version }), set(`golang-${version}`)]);
      return resolution.kind === 'planned'
        ? [resolution.plan.release, ...resolution.plan.build.map((p) => `${p.name}=${p.version}`).sort()]
        : resolution.missing.map(({ name }) => name);
    };
    expect(await chosen('1.19')).toEqual(['bookworm', 'golang=2:1.19~1']);
    // Both are in the lists of the backports: the newer one is pinned, the older one would be apt's own choice.
    expect(await chosen('1.21')).toEqual(['bookworm-backports', 'golang=2:1.21~2~bpo12+1']);
    expect(await chosen('1.24')).toEqual(['trixie', 'golang=2:1.24~2']);
    expect(await chosen('1.2')).toEqual(['golang']);
  });

  it('takes what depends on the release from backports by its own name', async () => {
    const { resolve } = await onDebian();
    const resolution = await resolve([set('golang-1.21')]);
    if (resolution.kind !== 'planned') throw new Error(JSON.stringify(resolution));
    expect(resolution.plan.build.map(({ name }) => name).sort()).toEqual(['golang-1.21', 'liblang']);
  });

  it('serves Ubuntu on Debian with the keys that the configuration names', async () => {
    const { resolve, suitesOf } = await onDebian({ ubuntu: ubuntu.keyring });
    const resolution = await resolve([set('rustc', { rustc: '1.75' })], suitesOf('ubuntu'));
    if (resolution.kind !== 'planned') throw new Error(JSON.stringify(resolution));
    expect([resolution.plan.release, resolution.plan.build[0]?.version]).toEqual([
      'noble',
      '1.75.0+dfsg0ubuntu1-0ubuntu7',
    ]);
  });

  it("takes Ubuntu's keys from the host's own distribution where the host does not have them", async () => {
    const { fixture, platform, info } = await onDebian();
    const found = await platform.available(info, 'noble', ['python3.12', 'python3.10'], services);
    expect(found).toEqual(new Map([['python3.12', ['3.12.3-1ubuntu0.17', '3.12.3-1']]]));
    expect(existsSync(join(fixture.storeRoot, 'cache/apt/keys/ubuntu-archive-keyring.gpg'))).toBe(true);
  });

  it('refuses an archive that is signed with other keys, and keys that are not there', async () => {
    const wrong = await onDebian({ ubuntu: debian.keyring });
    await expect(wrong.platform.available(wrong.info, 'noble', ['rustc'], services)).rejects.toMatchObject({
      code: 'E_REPOSITORY_UNTRUSTED',
    });
    const none = await onDebian({ ubuntu: '/nonexistent/keys.gpg' });
    await expect(none.platform.available(none.info, 'noble', ['rustc'], services)).rejects.toMatchObject({
      code: 'E_HOST_UNFIT',
      hint: 'toolchains.keyrings.ubuntu of the configuration names it',
    });
  });
});
