import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../core/contracts/id-map.js';
import type { IsolatedProcess, RootSource } from '../../core/contracts/isolator.js';
import { runJob } from './test-support/run.js';
import { giveToMappedRoot, makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

describe('roots and binds', () => {
  let scratch: string;
  let base: string;
  let made = 0;

  beforeAll(() => {
    scratch = scratchDirectory();
    base = makeTinyRoot(path.join(scratch, 'base'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** A layer with these files. */
  function layer(files: Record<string, string> = {}, name = `layer${made++}`): string {
    const directory = path.join(scratch, name);
    mkdirSync(directory, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
      writeFileSync(path.join(directory, file), content);
    }
    giveToMappedRoot(directory);
    return directory;
  }

  function writable(...lower: string[]) {
    return { kind: 'overlay' as const, lower, upper: { hostPath: layer(), work: layer() } };
  }

  function sh(root: RootSource, script: string, more: Partial<IsolatedProcess> = {}) {
    return runJob('', ['sh', '-c', script], { root, profile: 'build', ...more });
  }

  it('reads through layers, topmost first', async () => {
    const root: RootSource = {
      kind: 'overlay',
      lower: [layer({ 'etc/x': 'top' }), layer({ 'etc/x': 'low', 'etc/y': 'y' }), base],
    };
    const result = await runJob('', ['sh', '-c', 'cat /etc/x /etc/y; touch /etc/z'], { root });
    expect(result.stdout).toBe('topy');
    expect(result.stderr).toContain('Read-only file system');
  });

  it('runs in a single read-only layer', async () => {
    expect((await runJob('', ['cat', '/etc/group'], { root: { kind: 'overlay', lower: [base] } })).status).toBe(0);
  });

  it('puts changes into the upper directory, as the mapped owner, and removals as whiteouts', async () => {
    const lower = layer({ 'etc/gone': '' });
    const root = writable(lower, base);
    const script = 'echo new >/etc/new; rm /etc/gone; mkdir /opt; chown 33:44 /etc/new; chmod 4755 /etc/new';
    expect(await sh(root, script)).toMatchObject({ status: 0, stderr: '' });
    const upper = root.upper.hostPath;
    const file = statSync(path.join(upper, 'etc/new'));
    expect([file.uid, file.gid].map((id) => id - DEFAULT_ID_MAP.hostStart)).toEqual([33, 44]);
    expect(file.mode & 0o7777).toBe(0o4755);
    expect(lstatSync(path.join(upper, 'etc/gone')).isCharacterDevice()).toBe(true);
    expect(existsSync(path.join(lower, 'etc/gone'))).toBe(true);
    expect(readdirSync(upper).sort()).toEqual(['etc', 'opt']);
  });

  it('takes paths with characters that mean something to mount options, and sixty long ones', async () => {
    const odd = layer({ 'etc/odd': 'odd' }, `a:b,c\\d e\n"$f'${'x'.repeat(50)}`);
    const many = Array.from({ length: 60 }, (_, index) =>
      layer({ [`etc/many${index}`]: '' }, `${index}${'y'.repeat(200)}`),
    );
    const root = writable(odd, ...many, base);
    expect((await sh(root, 'cat /etc/odd; ls /etc/many* | wc -l; echo >/etc/made')).stdout).toBe('odd60\n');
    expect(existsSync(path.join(root.upper.hostPath, 'etc/made'))).toBe(true);
  });

  it('writes to a directory root only where it is declared writable', async () => {
    const directory = makeTinyRoot(path.join(scratch, 'directory'));
    const root = (mayWrite: boolean): RootSource => ({ kind: 'directory', hostPath: directory, writable: mayWrite });
    expect((await sh(root(false), 'touch /etc/x')).status).toBe(1);
    expect((await sh(root(true), 'touch /etc/x')).status).toBe(0);
    expect(statSync(path.join(directory, 'etc/x')).uid).toBe(DEFAULT_ID_MAP.hostStart);
  });

  it('makes nothing in a read-only root, and names the directories that it lacks', async () => {
    const directory = layer({ 'bin/x': '' });
    await expect(runJob(directory, ['true'])).rejects.toMatchObject({
      code: 'E_NOT_STARTED',
      exitCode: 125,
      message: expect.stringContaining('/proc, /dev, /tmp, /run, /work'),
    });
    expect(readdirSync(directory)).toEqual(['bin']);
  });

  it('says what is wrong with a root or a bind that is not there', async () => {
    await expect(runJob('/no/such/root', ['true'])).rejects.toMatchObject({ code: 'E_NOT_STARTED' });
    const missing = { binds: [{ hostPath: '/no/such/file', rootPath: '/etc/x' }] };
    await expect(runJob(base, ['true'], missing)).rejects.toMatchObject({
      code: 'E_NOT_STARTED',
      message: expect.stringContaining('/no/such/file'),
    });
  });

  it('says that a working directory is not there', async () => {
    await expect(runJob(base, ['true'], { cwd: '/no/such' })).rejects.toMatchObject({
      code: 'E_NOT_STARTED',
      hint: 'the working directory must exist inside the root',
    });
  });

  it('starts where it is told', async () => {
    expect((await runJob(base, ['pwd'], { cwd: '/etc' })).stdout).toBe('/etc\n');
    expect((await runJob(base, ['pwd'])).stdout).toBe('/work\n');
    expect((await runJob(base, ['pwd'], { profile: 'build' })).stdout).toBe('/\n');
  });

  it('binds files and directories, read-only unless they are declared writable', async () => {
    const shared = layer({ file: 'content' });
    const binds = [
      { hostPath: shared, rootPath: '/work/in' },
      { hostPath: shared, rootPath: '/tmp/out', writable: true },
      { hostPath: path.join(shared, 'file'), rootPath: '/etc/group' },
      { hostPath: '/etc/hostname', rootPath: '/run/hostname' },
    ];
    const script =
      'cat /etc/group /work/in/file; touch /work/in/x /etc/group; touch /tmp/out/made; grep -E "/work/in|/tmp/out" /proc/mounts';
    const result = await runJob(base, ['sh', '-c', script], { binds });
    expect(result.stdout).toMatch(/^contentcontent/);
    expect(result.stderr.match(/Read-only file system/g)).toHaveLength(2);
    expect(result.stdout).toMatch(/\/work\/in \S+ ro,nosuid,nodev/);
    expect(result.stdout).toMatch(/\/tmp\/out \S+ rw,nosuid,nodev/);
    expect(readdirSync(shared).sort()).toEqual(['file', 'made']);
  });

  it('follows links of a bind target inside the root only', async () => {
    const victim = layer({ victim: 'host' });
    chmodSync(victim, 0o777);
    const root = writable(layer({}), base);
    await sh(root, `ln -s ${victim} /etc/link`);
    const binds = [{ hostPath: '/etc/hostname', rootPath: '/etc/link/victim' }];
    await sh({ ...root, upper: { ...root.upper, work: layer() } }, 'true', { binds }).catch(() => {});
    expect(readFileSync(path.join(victim, 'victim'), 'utf8')).toBe('host');
  });

  it('lets a build change owners and roots, and not mount, trace or make devices', async () => {
    const script =
      'chroot / true && echo chroot; chown 5:5 /tmp && echo chown; su -s /bin/sh root -c "echo su"; ' +
      'mount -t tmpfs x /tmp 2>/dev/null || echo no mount; mknod /tmp/d c 1 3 2>/dev/null || echo no device; ' +
      'unshare -m true 2>/dev/null || echo no namespace; hostname; hostname x 2>/dev/null || echo no name; ' +
      'grep -E "^(CapEff|CapInh|NoNewPrivs|Seccomp):" /proc/self/status; ls /work';
    expect((await sh(writable(base), script)).stdout.replace(/\t/g, ' ')).toBe(
      'chroot\nchown\nsu\nno mount\nno device\nno namespace\nbuild\nno name\n' +
        'CapInh: 0000000000000000\nCapEff: 00000000a00400fb\nNoNewPrivs: 1\nSeccomp: 2\n',
    );
  });

  it("has the host's network only where that is asked for", async () => {
    const namespace = async (network: 'host' | 'none') =>
      (await sh(writable(base), 'readlink /proc/self/ns/net', { network })).stdout.trim();
    const ofHost = readlinkSync('/proc/self/ns/net');
    expect(await namespace('host')).toBe(ofHost);
    expect(await namespace('none')).toMatch(/^net:/);
    expect(await namespace('none')).not.toBe(ofHost);
    const devices = await sh(writable(base), 'cut -d: -f1 -s /proc/net/dev', { network: 'none' });
    expect(devices.stdout.trim()).toBe('lo');
  });

  it('works when the working directory of its caller is gone', async () => {
    const before = process.cwd();
    const gone = path.join(scratch, 'gone');
    mkdirSync(gone);
    process.chdir(gone);
    rmSync(gone, { recursive: true });
    try {
      expect((await runJob(base, ['pwd'])).stdout).toBe('/work\n');
    } finally {
      process.chdir(before);
    }
  });

  it('refuses a NUL byte', async () => {
    await expect(runJob(base, ['echo', 'a\0b'])).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(runJob(base, ['env'], { env: { A: '\0' } })).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
