import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_CONFIG } from '../../../core/config/config.js';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { BuildServices, PackageResolution, PackageSet } from '../../../core/contracts/platform-adapter.js';
import { type AptHostFixture, type AptRepo, makeAptHost, makeAptRepo } from '../../../fixtures/apt-repo/index.js';
import { AptPlatform } from './apt-platform.js';

const ESSENTIAL = { name: 'base-files', fields: { Essential: 'yes' } };
const APT = { name: 'apt' };

describe('resolving packages of an apt distribution', () => {
  let repo: AptRepo;
  const lines: string[] = [];

  beforeAll(async () => {
    repo = await makeAptRepo({
      suites: {
        bookworm: [
          ESSENTIAL,
          APT,
          { name: 'lang3.11', version: '3.11.2-1', fields: { Depends: 'liblang (>= 2)', Recommends: 'lang-extras' } },
          { name: 'lang-extras' },
          { name: 'lang-broken', fields: { Depends: 'nobody-has-this' } },
          { name: 'liblang', version: '1:2.0', fields: { Depends: 'base-files' } },
          { name: 'libvirtual-a', fields: { Provides: 'virtual' } },
          { name: 'postgresql-pllang3-13' },
        ],
        'bookworm-updates': [{ name: 'liblang', version: '1:2.1+b1' }],
        trixie: [ESSENTIAL, APT, { name: 'lang3.13', version: '3.13.5' }],
        forky: [ESSENTIAL, APT, { name: 'lang3.14' }, { name: 'lang3.13', version: '3.13.9' }],
      },
    });
  });
  afterAll(() => repo.close());
  afterEach(() => {
    repo.server.intercept(undefined);
    lines.length = 0;
  });

  const services = (signal = new AbortController().signal): BuildServices => ({
    signal,
    log: (line) => lines.push(line),
    progress: () => {},
    warn: (line) => lines.push(line),
  });

  function source(uri: string): string {
    return `Types: deb\nURIs: ${uri}\nSuites: bookworm bookworm-updates bookworm-security\nComponents: main\nSigned-By: ${repo.keyring}\n`;
  }

  async function onHost(options: Partial<Parameters<typeof makeAptHost>[0]> = {}): Promise<{
    fixture: AptHostFixture;
    resolve: (...alternatives: readonly Partial<PackageSet>[]) => Promise<PackageResolution>;
  }> {
    const sources = { 'debian.sources': source(repo.url) };
    const fixture = await makeAptHost({ release: 'bookworm', sources, ...options });
    onTestFinished(() => fixture.close());
    const platform = new AptPlatform(fixture.host, DEFAULT_ID_MAP, fixture.storeRoot, fixture.osReleasePath, {
      load: async () => DEFAULT_CONFIG,
    });
    const info = await platform.detect();
    if (info === undefined) throw new Error('no platform');
    return {
      fixture,
      resolve: (...alternatives) =>
        platform.resolve(
          info,
          { groups: [alternatives.map((query) => ({ build: [], runtime: [], tools: [], ...query }))] },
          services(),
        ),
    };
  }

  function planned(resolution: PackageResolution) {
    if (resolution.kind !== 'planned') throw new Error(JSON.stringify(resolution));
    return resolution.plan;
  }

  it('plans exact versions, hashes and sizes, dependencies included, recommendations not', async () => {
    const { resolve } = await onHost();
    const plan = planned(await resolve({ build: ['lang3.11'], runtime: ['lang3.11'], tools: ['lang3.11'] }));
    expect(plan.release).toBe('bookworm');
    expect(plan.base.map((p) => p.name).sort()).toEqual(['apt', 'base-files']);
    expect(plan.build.map((p) => `${p.name}=${p.version}`).sort()).toEqual(['lang3.11=3.11.2-1', 'liblang=1:2.1+b1']);
    expect(plan.tools.map((p) => p.name).sort()).toEqual(['lang3.11', 'liblang']);
    for (const p of plan.build) expect(p.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    const sizes = [...plan.base, ...plan.build].map((p) => p.sizeBytes);
    expect(plan.downloadBytes).toBe(sizes.reduce((a, b) => a + b));
  });

  it.each([
    ['a name that matches others as a regular expression', 'lang3.1'],
    ['a name that other packages contain', 'pllang3'],
    ['a virtual package', 'virtual'],
    ['a name with a removal sign', 'lang-extras-'],
  ])('takes %s for missing', async (_, name) => {
    const { resolve } = await onHost();
    expect(await resolve({ build: [name] })).toMatchObject({
      kind: 'missing',
      missing: [{ name }],
      releasesTried: ['bookworm', 'trixie', 'forky'],
    });
  });

  it('passes over an alternative whose packages are there and cannot be installed', async () => {
    const { resolve } = await onHost();
    const plan = planned(await resolve({ build: ['lang-broken'] }, { build: ['lang3.11'] }));
    expect(plan.buildNames).toEqual(['lang3.11']);
    await expect(resolve({ build: ['lang-broken'] })).rejects.toMatchObject({
      code: 'E_BUILD_STEP',
      message: expect.stringContaining('planning the packages of bookworm'),
    });
  });

  it('names the most similar package that can be installed, for every missing one', async () => {
    const { resolve } = await onHost();
    expect(await resolve({ build: ['lang3.1l', 'liblung', 'lang3.11'], tools: ['nothing-like-it'] })).toMatchObject({
      kind: 'missing',
      missing: [
        { name: 'lang3.1l', nearest: 'lang3.11' },
        { name: 'liblung', nearest: 'liblang' },
        { name: 'nothing-like-it' },
      ],
    });
  });

  it('takes the first release in the documented order that has all names, and only then asks for it', async () => {
    const { resolve } = await onHost();
    const before = repo.server.requests.length;
    await resolve({ build: ['lang3.11'] });
    expect(repo.server.requests.slice(before).filter((path) => path.startsWith('/dists/trixie'))).toEqual([]);
    const plan = planned(await resolve({ build: ['lang3.13'] }));
    expect([plan.release, plan.build[0]?.version]).toEqual(['trixie', '3.13.5']);
    expect(planned(await resolve({ build: ['lang3.13', 'lang3.14'] })).release).toBe('forky');
  });

  it('asks the mirror again only when the lists are old, and then sees what is new', async () => {
    const { resolve, fixture } = await onHost();
    await resolve({ build: ['lang3.11'] });
    const before = repo.server.requests.length;
    expect(await resolve({ build: ['lang3.11'] })).toMatchObject({ kind: 'planned' });
    expect(repo.server.requests.length).toBe(before);
    await repo.setSuite('bookworm-security', [{ name: 'lang3.11', version: '3.11.2-1+deb12u1' }]);
    fixture.advance(11 * 60_000);
    const plan = planned(await resolve({ build: ['lang3.11'] }));
    expect(plan.build.map((p) => p.version)).toContain('3.11.2-1+deb12u1');
  });

  it('never consults third-party sources, whatever suites they serve', async () => {
    const third = 'deb [signed-by=/usr/share/keyrings/vendor.gpg] http://127.0.0.1:9';
    const { resolve } = await onHost({
      sources: {
        'debian.list': `deb [signed-by=${repo.keyring}] ${repo.url} bookworm main # the archive\n`,
        'docker.list': `${third}/linux/debian bookworm stable\n`,
        'node.list': `${third} nodistro main\n`,
      },
    });
    expect(await resolve({ build: ['lang3.11'] })).toMatchObject({ kind: 'planned' });
  });

  it('refuses an index that is not signed by the key that the source names', async () => {
    const other = await makeAptRepo({ suites: {} });
    onTestFinished(() => other.close());
    const { resolve } = await onHost({
      sources: { 'debian.sources': source(repo.url).replace(repo.keyring, other.keyring) },
    });
    await expect(resolve({ build: ['lang3.11'] })).rejects.toMatchObject({
      code: 'E_REPOSITORY_UNTRUSTED',
      exitCode: 6,
      hint: expect.stringContaining('Signed-By'),
    });
  });

  it('says in the log where the host is told to check less, and obeys', async () => {
    const other = await makeAptRepo({ suites: {} });
    onTestFinished(() => other.close());
    const { resolve } = await onHost({
      sources: { 'debian.list': `deb [trusted=yes signed-by=${other.keyring}] ${repo.url} bookworm main\n` },
      config: 'Acquire::Check-Valid-Until "false";\n',
    });
    expect(await resolve({ build: ['lang3.11'] })).toMatchObject({ kind: 'planned' });
    expect(lines.join('\n')).toMatch(/told to check less: Acquire::Check-Valid-Until "false"/);
    expect(lines.join('\n')).toMatch(/told to check less: \[trusted=yes\] for/);
  });

  it('says that a mirror cannot be reached', async () => {
    // A port of the system that nothing listens on: one that was free a moment ago may be somebody's now.
    const { resolve } = await onHost({ sources: { 'debian.sources': source('http://127.0.0.1:9') } });
    await expect(resolve({ build: ['lang3.11'] })).rejects.toMatchObject({ code: 'E_NETWORK', exitCode: 6 });
  });

  it('says so when the mirror does not serve the release of the host', async () => {
    const { resolve } = await onHost({
      release: 'bullseye',
      sources: { 'debian.list': `deb [signed-by=${repo.keyring}] ${repo.url} bullseye main\n` },
    });
    await expect(resolve({ build: ['lang3.11'] })).rejects.toMatchObject({
      code: 'E_NETWORK',
      message: expect.stringContaining('bullseye is not served'),
    });
  });

  it('says so when the host has no source of its own distribution', async () => {
    const { resolve } = await onHost({ sources: {} });
    await expect(resolve({ build: ['lang3.11'] })).rejects.toMatchObject({ code: 'E_HOST_UNFIT' });
  });

  it('sends the password of a mirror, and shows it nowhere', async () => {
    repo.server.intercept((request, response) => {
      if (request.headers.authorization === `Basic ${Buffer.from('me:s3cr%t').toString('base64')}`) return false;
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
      return true;
    });
    const uri = repo.url.replace('http://', 'http://me:s3cr%25t@');
    const { resolve, fixture } = await onHost({ sources: { 'debian.sources': source(uri) } });
    expect(await resolve({ build: ['lang3.11'] })).toMatchObject({ kind: 'planned' });
    expect(lines.join('\n')).not.toMatch(/s3cr/);
    const cache = join(fixture.storeRoot, 'cache/apt');
    for (const name of await readdir(cache, { recursive: true })) {
      const path = join(cache, name);
      const stats = await stat(path);
      if (!stats.isFile() || (stats.mode & 0o077) === 0) continue;
      expect(await readFile(path, 'latin1'), path).not.toMatch(/s3cr/);
    }
  });

  it('stops at once when it is cancelled while the mirror is silent', async () => {
    const { fixture } = await onHost();
    const controller = new AbortController();
    const asked = new Promise<void>((resolve) => {
      repo.server.intercept(() => {
        resolve();
        return true;
      });
    });
    const platform = new AptPlatform(fixture.host, DEFAULT_ID_MAP, fixture.storeRoot, fixture.osReleasePath, {
      load: async () => DEFAULT_CONFIG,
    });
    const info = await platform.detect();
    if (info === undefined) throw new Error('no platform');
    const resolution = platform.resolve(info, { groups: [] }, services(controller.signal));
    const outcome = expect(resolution).rejects.toMatchObject({ code: 'E_CANCELLED' });
    await asked;
    controller.abort();
    await outcome;
  });

  it('reads an inline key, and both forms of source lists', async () => {
    const key = (await readFile(repo.keyring, 'utf8')).trim().replace(/^$/gm, '.').replace(/^/gm, ' ');
    const { resolve, fixture } = await onHost({ sources: {} });
    const text = `Types: deb deb-src\nURIs: ${repo.url}/\nSuites: bookworm\nComponents: main contrib\nSigned-By:\n${key}\n`;
    await writeFile(join(fixture.etcApt, 'sources.list.d/debian.sources'), `# comment\n${text}`);
    expect(await resolve({ build: ['lang3.11'] })).toMatchObject({ kind: 'planned' });
  });
});
