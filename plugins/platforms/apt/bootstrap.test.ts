import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_CONFIG } from '../../../core/config/config.js';
import type { CommandRunner, RootCommand } from '../../../core/contracts/command-runner.js';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { BuildServices, PackageSet } from '../../../core/contracts/platform-adapter.js';
import { type AptRepo, makeAptHost, makeAptRepo, tinyDistribution } from '../../../fixtures/apt-repo/index.js';
import { AptPlatform } from './apt-platform.js';

const { hostStart } = DEFAULT_ID_MAP;
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

describe('roots of an apt distribution', () => {
  let repo: AptRepo;
  const tiny = tinyDistribution(architecture);

  beforeAll(async () => {
    const release = [
      ...tiny,
      { name: 'tzdata', files: { 'usr/share/zoneinfo/UTC': 'utc' } },
      {
        name: 'lang',
        version: '2:1.0',
        fields: { Depends: 'liblang' },
        files: { 'usr/bin/lang': 'l', 'usr/share/doc/lang/x': '' },
      },
      {
        name: 'liblang',
        files: { 'usr/lib/liblang.so': 'so', 'etc/lang.conf': 'c' },
        scripts: { postinst: 'touch /var/configured' },
      },
      { name: 'compiler', files: { 'usr/bin/cc': 'cc' } },
      { name: 'broken', scripts: { postinst: 'echo no luck >&2; exit 3' } },
    ];
    const waiting = { name: 'netbase', scripts: { postinst: 'echo about to wait; sleep 1000' } };
    const failing = { name: 'netbase', scripts: { postinst: 'echo no luck >&2; exit 3' } };
    repo = await makeAptRepo({
      suites: { trixie: release, later: tiny, waiting: [...tiny, waiting], failing: [...tiny, failing] },
    });
  });
  afterAll(() => repo.close());
  afterEach(() => repo.server.intercept(undefined));

  function services(signal = new AbortController().signal, onLog: (line: string) => void = () => {}): BuildServices {
    return { signal, log: onLog, progress: () => {}, warn: () => {} };
  }

  async function planned(query: Partial<PackageSet> = {}, release = 'trixie') {
    const source = `deb [signed-by=${repo.keyring}] ${repo.url} ${release} main\n`;
    const fixture = await makeAptHost({ release, sources: { 'debian.list': source } });
    onTestFinished(() => fixture.close());
    const platform = new AptPlatform(fixture.host, DEFAULT_ID_MAP, fixture.storeRoot, fixture.osReleasePath, {
      load: async () => DEFAULT_CONFIG,
    });
    const info = await platform.detect();
    if (info === undefined) throw new Error('no platform');
    const resolution = await platform.resolve(
      info,
      { groups: [[{ build: [], runtime: [], tools: [], ...query }]] },
      services(),
    );
    if (resolution.kind !== 'planned') throw new Error(JSON.stringify(resolution));
    const directory = await mkdtemp(join(tmpdir(), 'joblet-root-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    return { platform, info, plan: resolution.plan, directory, fixture };
  }

  /** Runs commands by chroot, in a mount namespace of their own, with binds as the isolator makes them. */
  function chrootRunner(root: string): CommandRunner {
    return {
      run: async (command: RootCommand) => {
        const binds = command.binds ?? [];
        const mounts = ['mount -t tmpfs run "$ROOT/run"', 'mount -t proc proc "$ROOT/proc"'];
        const script = [
          ...mounts,
          ...binds.map(
            (_, at) =>
              `T="$ROOT$T${at}"; mkdir -p "\${T%/*}"; [ -d "$H${at}" ] && mkdir -p "$T" || : >>"$T"; mount --bind "$H${at}" "$T"`,
          ),
        ];
        const env = Object.fromEntries(
          binds.flatMap((bind, at) => [
            [`H${at}`, bind.hostPath],
            [`T${at}`, bind.rootPath],
          ]),
        );
        const text = `set -e\n${script.join('\n')}\nexec chroot "$ROOT" "$@"`;
        const result = await execa('unshare', ['--mount', 'sh', '-c', text, 'sh', ...command.args], {
          env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ROOT: root, ...env, ...command.env },
          extendEnv: false,
          reject: false,
        });
        return { status: result.exitCode ?? 255, stdout: result.stdout, stderrTail: result.stderr, timedOut: false };
      },
    };
  }

  /** Everything in a tree, directories first. */
  function walk(directory: string): readonly string[] {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
  }

  function nothingIsLeftOf(directory: string): void {
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(directory);
    const commands = readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return [];
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    });
    expect(commands.filter((command) => command.includes(directory))).toEqual([]);
  }

  it('bootstraps the planned packages, owned by the store, with nothing of the host in it', async () => {
    const { platform, info, plan, directory } = await planned();
    await platform.bootstrap(info, plan, directory, services());
    for (const path of [directory, ...walk(directory)]) {
      const stats = lstatSync(path);
      expect(stats.uid >= hostStart && stats.gid >= hostStart, path).toBe(true);
    }
    for (const name of ['proc', 'dev', 'sys', 'tmp', 'run', 'volumes', 'work', 'root', 'home']) {
      expect(readdirSync(join(directory, name)), name).toEqual([]);
    }
    expect(lstatSync(join(directory, 'tmp')).mode & 0o7777).toBe(0o1777);
    for (const name of ['resolv.conf', 'hostname', 'hosts']) {
      expect(readFileSync(join(directory, 'etc', name), 'utf8'), name).toBe('');
    }
    expect(existsSync(join(directory, 'usr/share/zoneinfo/UTC'))).toBe(true);
    expect(readdirSync(join(directory, 'var/cache/apt/archives')).filter((name) => name.endsWith('.deb'))).toEqual([]);
    nothingIsLeftOf(directory);
  });

  it('keeps lists, sources and keys in the root, so that a hook can call apt', async () => {
    const { platform, info, plan, directory } = await planned();
    await platform.bootstrap(info, plan, directory, services());
    const sources = readFileSync(join(directory, 'etc/apt/sources.list'), 'utf8');
    const key = /signed-by=(\S+)\]/.exec(sources)?.[1] ?? '';
    expect(readFileSync(join(directory, key), 'utf8')).toBe(readFileSync(repo.keyring, 'utf8'));
    expect(readdirSync(join(directory, 'etc/apt/apt.conf.d'))).not.toContain('99mmdebstrap');
    const madison = await chrootRunner(directory).run({ args: ['apt-cache', 'madison', 'lang'] });
    expect(madison.stdout).toContain('2:1.0');
  });

  it('gives the same under a narrow umask', async () => {
    const { platform, info, plan, directory } = await planned({ tools: ['lang'] });
    const tools = await mkdtemp(join(tmpdir(), 'joblet-root-'));
    onTestFinished(() => rm(tools, { recursive: true, force: true }));
    const before = process.umask(0o077);
    try {
      await platform.bootstrap(info, plan, directory, services());
      await platform.unpackToolRoot(info, plan, tools, services());
    } finally {
      process.umask(before);
    }
    for (const path of [...walk(directory), ...walk(tools)]) {
      const stats = lstatSync(path);
      if (stats.isDirectory() && !path.endsWith('/partial')) expect(stats.mode & 0o755, path).toBe(0o755);
    }
    expect(lstatSync(join(directory, 'etc/apt/sources.list')).mode & 0o777).toBe(0o644);
  });

  it('installs the planned versions without a network, leaves no archives, and tells whose each file is', async () => {
    const { platform, info, plan, directory } = await planned({ build: ['lang', 'compiler'], runtime: ['lang'] });
    await platform.bootstrap(info, plan, directory, services());
    repo.server.intercept((_, response) => {
      response.writeHead(500).end();
      return true;
    });
    const runner = chrootRunner(directory);
    await platform.install(info, runner, { names: ['lang', 'compiler'], exact: plan.build }, services());
    expect(existsSync(join(directory, 'var/configured'))).toBe(true);
    expect(readdirSync(join(directory, 'var/cache/apt/archives')).filter((name) => name.endsWith('.deb'))).toEqual([]);
    const ownership = await platform.ownership(runner, ['lang']);
    const of = (path: string) => ownership.owned.get(path);
    expect([of('/usr/bin/lang'), of('/usr/lib/liblang.so'), of('/etc/lang.conf')]).toEqual(['keep', 'keep', 'keep']);
    expect([of('/usr/bin/cc'), of('/usr/bin/apt-get'), of('/var/configured')]).toEqual(['drop', 'drop', undefined]);
    expect(ownership.installed).toContainEqual({ name: 'lang', version: '2:1.0', keep: true });
    expect(ownership.installed).toContainEqual({ name: 'compiler', version: '1.0', keep: false });
  });

  it('brings newer lists into an older base before it installs from them', async () => {
    const { platform, info, plan, directory } = await planned({}, 'later');
    await platform.bootstrap(info, plan, directory, services());
    await repo.setSuite('later', [...tiny, { name: 'brand-new' }]);
    const later = await planned({ build: ['brand-new'] }, 'later');
    await later.platform.install(
      info,
      chrootRunner(directory),
      { names: ['brand-new'], exact: later.plan.build },
      services(),
    );
    const madison = await chrootRunner(directory).run({ args: ['apt-cache', 'madison', 'brand-new'] });
    expect(madison.stdout).toContain('1.0');
  });

  it('names the package that the build root does not have', async () => {
    const { platform, info, plan, directory } = await planned();
    await platform.bootstrap(info, plan, directory, services());
    const installing = platform.install(
      info,
      chrootRunner(directory),
      { names: ['lang', 'no-such-thing'] },
      services(),
    );
    await expect(installing).rejects.toMatchObject({
      code: 'E_PACKAGE_NOT_FOUND',
      message: 'package not found: no-such-thing',
      exitCode: 5,
    });
  });

  it('names the package whose script fails, with its last lines', async () => {
    const { platform, info, plan, directory } = await planned({ build: ['broken'] });
    await platform.bootstrap(info, plan, directory, services());
    const installing = platform.install(
      info,
      chrootRunner(directory),
      { names: ['broken'], exact: plan.build },
      services(),
    );
    await expect(installing).rejects.toMatchObject({
      code: 'E_BUILD_STEP',
      exitCode: 7,
      message: expect.stringContaining('installing broken failed: dpkg: error processing package broken'),
      details: { stderrTail: expect.stringContaining('no luck') },
    });
  });

  it('unpacks tools into a merged tree without running a script', async () => {
    const { platform, info, plan, directory } = await planned({ tools: ['lang'] });
    await platform.unpackToolRoot(info, plan, directory, services());
    expect(existsSync(join(directory, 'lib/liblang.so'))).toBe(true);
    expect(lstatSync(join(directory, 'bin')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(directory, 'var/configured'))).toBe(false);
    expect(existsSync(join(directory, 'usr/bin/dpkg'))).toBe(false);
    expect(lstatSync(join(directory, 'usr/bin/lang')).uid).toBe(hostStart);
    expect(readdirSync(join(directory, 'proc'))).toEqual([]);
  });

  it('says what failed when a package of the base cannot be configured, and leaves nothing mounted', async () => {
    const { platform, info, plan, directory } = await planned({}, 'failing');
    await expect(platform.bootstrap(info, plan, directory, services())).rejects.toMatchObject({
      code: 'E_BUILD_STEP',
      message: expect.stringMatching(/bootstrapping failing failed: dpkg: error processing package netbase/),
      details: { stderrTail: expect.stringContaining('exit status 3') },
    });
    nothingIsLeftOf(directory);
  });

  it('stops in the middle of a bootstrap when cancelled, leaving no mount and no process', async () => {
    const { platform, info, plan, directory } = await planned({}, 'waiting');
    const controller = new AbortController();
    const onLog = (line: string) => {
      if (line.includes('about to wait')) controller.abort();
    };
    const bootstrapping = platform.bootstrap(info, plan, directory, services(controller.signal, onLog));
    await expect(bootstrapping).rejects.toMatchObject({ code: 'E_CANCELLED', exitCode: 130 });
    nothingIsLeftOf(directory);
  });

  it('refuses an archive that is not what the signed index says', async () => {
    const { platform, info, plan, directory, fixture } = await planned({ tools: ['lang'] });
    repo.server.intercept((request, response) => {
      if (!request.url?.startsWith('/pool/trixie/lang_')) return false;
      const sizeBytes = plan.tools.find((p) => p.name === 'lang')?.sizeBytes ?? 0;
      response.writeHead(200, { 'Content-Length': sizeBytes }).end(Buffer.alloc(sizeBytes, 'x'));
      return true;
    });
    await expect(platform.unpackToolRoot(info, plan, directory, services())).rejects.toMatchObject({
      code: 'E_REPOSITORY_UNTRUSTED',
      message: expect.stringContaining('Hash Sum mismatch'),
    });
    const left = readdirSync(join(fixture.storeRoot, 'cache/downloads/apt'));
    expect(left.filter((name) => name.startsWith('partial'))).toEqual([]);
  });

  it('says so when the network goes away between plan and download', async () => {
    const { platform, info, plan, directory } = await planned({ tools: ['lang'] });
    repo.server.intercept((request) => {
      request.socket.destroy();
      return true;
    });
    await expect(platform.unpackToolRoot(info, plan, directory, services())).rejects.toMatchObject({
      code: 'E_NETWORK',
      exitCode: 6,
    });
  });

  it('fetches an archive again when the one in the cache is damaged', async () => {
    const { platform, info, plan, directory, fixture } = await planned({ tools: ['lang'] });
    const cache = join(fixture.storeRoot, 'cache/downloads/apt');
    await platform.unpackToolRoot(info, plan, join(directory, 'one'), services());
    for (const name of readdirSync(cache)) await writeFile(join(cache, name), 'damaged');
    await platform.unpackToolRoot(info, plan, join(directory, 'two'), services());
    expect(existsSync(join(directory, 'two/usr/bin/lang'))).toBe(true);
  });
});
