import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContainer, type Plugin } from '../core/container.js';
import { type BuildServices, PLATFORM, type PlatformAdapter } from '../core/contracts/platform-adapter.js';
import { type PypiServer, startPypi, wheel } from '../fixtures/pypi/index.js';
import { machinePackages, makeRpmRepository, makeSigningKey, type RpmRepository } from '../fixtures/rpm-repo/index.js';
import { builtInPlugins } from '../plugins/built-in.js';
import { createBuilder } from '../plugins/index.js';
import { YUM_HOST } from '../plugins/platforms/yum/index.js';
import { ownHome } from './support/own-home.js';
import { specFolder } from './support/rnx.js';

const SPEC = `schema_version: "1.0"
name: on-rpm
version: 1.0.0
description: made by a test
platforms: [rhel-amd64, rhel-arm64]
base:
  language: python
  version: "3.11"
`;

/** The whole way on a host that says that it is Rocky Linux. Its packages are made of this machine's own files. */
describe('a host of the yum family', () => {
  let repository: RpmRepository;
  let pypi: PypiServer | undefined;
  let scratch: string;
  let store: string;
  const before = existsSync(path.join(homedir(), '.rpmdb'));

  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'yum-'));
    store = path.join(scratch, 'store');
    writeFileSync(path.join(scratch, 'os-release'), 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n');
    repository = await makeRpmRepository(await makeSigningKey());
    await repository.add([
      ...(await machinePackages()),
      { name: 'tzdata', requires: ['bash', 'coreutils'], post: 'echo made by a script > /etc/made', files: {} },
      { name: 'needs-nobody', requires: ['nobody-has-this'], files: {} },
      { name: 'changed-later', files: { '/usr/share/x': { text: 'x\n' } } },
    ]);
    await repository.add([{ name: 'unsigned', files: {} }], 'unsigned');
    await repository.add([{ name: 'of-a-stranger', files: {} }], await makeSigningKey());
    repository.tamper('changed-later');
    pypi = await startPypi([wheel({ name: 'tiny', version: '1.0' })]);
  });
  afterAll(async () => {
    await pypi?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const host = () => ({ env: { ...ownHome(), PIP_INDEX_URL: pypi?.indexUrl }, home: scratch, now: () => new Date() });
  const onRocky: Plugin = (container) => {
    const osRelease = path.join(scratch, 'os-release');
    const useValue = { osRelease, config: '/nonexistent', repositories: [repository.repositories] };
    container.register(YUM_HOST, { useValue });
  };
  const builder = () => createBuilder({ root: store, host: host(), plugins: [onRocky] });
  const build = (rest: string) => builder().build({ path: specFolder(SPEC + rest) });

  it('plans a runtime with exact versions and hashes, and says what is not there, with the nearest name', async () => {
    const { platform, plan } = await builder().validate(specFolder(SPEC));
    expect(platform).toMatchObject({ id: expect.stringMatching(/^rocky-/), release: '9', family: 'yum' });
    expect(plan.packages.build).toContainEqual(
      expect.objectContaining({
        name: 'python3.11',
        version: '3.11.2-1',
        hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      }),
    );
    await expect(builder().validate(specFolder(SPEC.replace('3.11', '3.12')))).rejects.toMatchObject({
      code: 'E_VERSION_UNAVAILABLE',
    });
  });

  it('builds it, with pip packages, and runs a job in it', async () => {
    const { runtime } = await build('pip: [tiny]\nhooks:\n  post_install: python3.11 -c "import tiny"\n');
    expect(runtime.manifest).toMatchObject({
      packages: ['tiny==1.0'],
      build_info: {
        platform: expect.stringMatching(/^rocky-/),
        release: '9',
        language_version_exact: '3.11.2-1',
        source: 'distribution',
      },
    });
    const stdout = new PassThrough();
    const job = await builder().runJob({
      runtime: 'on-rpm',
      args: [
        'python3.11',
        '-c',
        'import tiny, ssl, os; print("ran", open("/etc/made").read().strip(), os.path.exists("/usr/bin/rpm"), os.path.exists("/var/lib/rpm/rpmdb.sqlite"))',
      ],
      stdout,
      stderr: 'ignore',
    });
    const shown = text(stdout);
    expect(await job.exit).toMatchObject({ status: 0 });
    stdout.end();
    // The package manager and its database are no part of a runtime.
    expect(await shown).toBe('ran made by a script False False\n');
  });

  describe('checks every package, and so refuses one that', () => {
    const services: BuildServices = {
      signal: new AbortController().signal,
      log: () => {},
      progress: () => {},
      warn: () => {},
    };
    const fetch = async (name: string) => {
      const container = createContainer({ root: store, host: host(), plugins: [...builtInPlugins, onRocky] });
      const adapter = container.resolveAll<PlatformAdapter>(PLATFORM).find(({ family }) => family === 'yum');
      const platform = await adapter?.detect();
      if (adapter === undefined || platform === undefined) throw new Error('no adapter');
      const resolution = await adapter.resolve(
        platform,
        { groups: [[{ build: [], runtime: [], tools: [name] }]] },
        services,
      );
      if (resolution.kind === 'missing') return resolution;
      const directory = mkdtempSync(path.join(scratch, 'tools-'));
      return adapter.unpackToolRoot(platform, resolution.plan, directory, services);
    };

    it.each([
      ['is not signed', 'unsigned', /unsigned/],
      ['is signed by a key of another', 'of-a-stranger', /of-a-stranger|[Kk]ey/],
      ['has other content than its index says', 'changed-later', /changed-later/],
    ])('%s', async (_title, name, message) => {
      await expect(fetch(name)).rejects.toMatchObject({
        code: 'E_REPOSITORY_UNTRUSTED',
        message: expect.stringMatching(message),
      });
    });

    it('needs what nobody has: that is named', async () => {
      expect(await fetch('needs-nobody')).toMatchObject({ kind: 'missing', missing: [{ name: 'nobody-has-this' }] });
    });

    it('is not there: the nearest name is given', async () => {
      expect(await fetch('coreutlis')).toMatchObject({
        kind: 'missing',
        missing: [{ name: 'coreutlis', nearest: 'coreutils' }],
      });
    });
  });

  it('leaves no database of rpm on the host', () => {
    expect(existsSync(path.join(homedir(), '.rpmdb'))).toBe(before);
    expect(existsSync(path.join(scratch, '.rpmdb'))).toBe(false);
  });
});
