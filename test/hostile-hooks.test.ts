import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { expectNothingLeft, processIds } from './support/host-state.js';
import { pythonSpec, rnx, specFolder } from './support/rnx.js';

/** In the environment of every build here: nothing of a hook may see it. */
const MARK = 'of-the-host-alone';

function build(name: string, hooks: { pre?: string; post?: string }, more = '') {
  const script = (key: string, text?: string) =>
    text === undefined ? '' : `  ${key}: |\n    ${text.trim().replaceAll('\n', '\n    ')}\n`;
  const rest = `${more}hooks:\n${script('pre_install', hooks.pre)}${script('post_install', hooks.post)}`;
  return rnx(['runtime', 'build', '--force', specFolder(pythonSpec({ name, rest }))], { env: { HOST_MARK: MARK } });
}

const isolated = (name: string) => path.join(inject('store'), 'runtimes', name, '1.0.0/isolated');
const sh = (name: string, script: string) => rnx(['job', 'run', `--runtime=${name}`, 'sh', '-c', script]);

/** A directory of the host that hooks make links to. Not in /tmp, which is a fresh one in every root. */
function victimDirectory(): string {
  mkdirSync('/srv', { recursive: true });
  const dir = mkdtempSync('/srv/victim-');
  writeFileSync(path.join(dir, 'hosts'), MARK, { mode: 0o600 });
  onTestFinished(() => {
    expect(readdirSync(dir)).toEqual(['hosts']);
    expect(readFileSync(path.join(dir, 'hosts'), 'utf8')).toBe(MARK);
    expect(statSync(path.join(dir, 'hosts'))).toMatchObject({ uid: 0, gid: 0 });
    expect(statSync(dir)).toMatchObject({ uid: 0, gid: 0 });
    rmSync(dir, { recursive: true });
  });
  return dir;
}

describe('a hook that means harm', () => {
  let before: ReadonlySet<number>;
  beforeEach(() => {
    before = processIds();
  });
  // A layer with paths that no program can name is no part of the store that other tests share. rm copes.
  afterAll(async () => {
    const layers = path.join(inject('store'), 'cache/layers');
    const deep = readdirSync(layers).filter((layer) => existsSync(path.join(layers, layer, 'fs/opt', 'd'.repeat(200))));
    await execa('rm', ['-rf', '--', ...deep.map((layer) => path.join(layers, layer))]);
  });
  const expectHostUnchanged = () => expectNothingLeft(before, inject('store'));

  it('leaves in the runtime only what means no harm, and sees and changes nothing of the host', async () => {
    const victim = victimDirectory();
    const built = await build(
      'hostile',
      {
        // What pip's layer is then laid over.
        pre: `mkdir -p /usr/local/lib && ln -s ${victim} /usr/local/lib/python3.11`,
        post: `
exec 3>/opt/report
refused() { if "$@" 2>/dev/null; then echo "done: $*" >&3; else echo "refused: $1" >&3; fi; }
refused mknod /opt/disk b 254 0
refused mknod /opt/null c 1 3
refused mount -t tmpfs none /mnt
refused mount --bind / /mnt
refused unshare -m true
refused unshare -U true
refused chroot /proc/1/root cat ${victim}/hosts
refused cat /proc/1/root${victim}/hosts
refused python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(250, 0, -3, 1) < 0)'
refused python3 -c 'import fcntl; fcntl.ioctl(open("/opt/report"), 0x40086602, b"\\x10" + bytes(7))'
tr '\\0' '\\n' </proc/1/environ >&3
cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n' >&3
ls -A ${victim} 2>&3 && echo 'the victim is seen' >&3

ln -s ${victim}/hosts /opt/absolute
ln -s ../../../../../../../../${victim}/hosts /opt/climbing
ln -s /proc/self/root${victim}/hosts /opt/through-proc
ln -s loop /opt/loop
mkdir /opt/chain && python3 -c 'import os; [os.symlink(str(n + 1), f"/opt/chain/{n}") for n in range(5000)]'
echo own >/opt/own && ln /opt/own /opt/hard
mkfifo /opt/fifo
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/opt/socket")'
cp /bin/sh /opt/sh && chmod 6755 /opt/sh
touch "/opt/new
line" "$(printf '/opt/no-utf8-\\377')"
truncate -s 1T /opt/sparse
python3 -c '
import os
os.chdir("/opt")
for _ in range(200):
    os.mkdir("d" * 200); os.chdir("d" * 200)
open("bottom", "w").close()'
rm -rf /etc/ssl/certs && ln -s ${victim} /etc/ssl/certs
rm -rf /home && ln -s ${victim}/hosts /home
rm -f /etc/passwd && ln -s ${victim}/hosts /etc/passwd
(setsid sh -c 'trap "" TERM; while :; do sleep 1; done' &)
yes "$(head -c 8000 /dev/zero | tr '\\0' x)" | head -c 100000000`,
      },
      'pip: [six]\n',
    );
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    await expectHostUnchanged();

    const root = isolated('hostile');
    const report = readFileSync(path.join(root, 'opt/report'), 'utf8');
    expect(report).not.toContain(MARK);
    expect(report).not.toMatch(/^done|victim is seen/m);
    expect(report.match(/^refused/gm)).toHaveLength(10);

    const entries = new Set(readdirSync(path.join(root, 'opt')));
    for (const name of ['disk', 'null', 'fifo', 'socket']) expect(entries).not.toContain(name);
    for (const name of ['absolute', 'climbing', 'through-proc', 'loop', 'hard', 'new\nline'])
      expect(entries).toContain(name);
    expect(statSync(path.join(root, 'opt/sh')).mode & 0o7777).toBe(0o755);
    expect(statSync(path.join(root, 'opt/sparse')).size).toBe(2 ** 40);
    const info = JSON.parse((await rnx(['runtime', 'info', '--json', 'hostile'])).stdout);
    expect(info.size_bytes).toBeLessThan(2 ** 30);

    // The authorities are where the link leads to inside, and a job reads nothing of the host through any of them.
    expect(existsSync(path.join(root, victim, 'ca-certificates.crt'))).toBe(true);
    expect(lstatSync(path.join(root, 'etc/passwd')).isFile()).toBe(true);
    const job = await sh(
      'hostile',
      `cat /opt/absolute /opt/climbing /opt/through-proc /opt/loop /home 2>&1; cat /opt/hard`,
    );
    expect(job.stdout).not.toContain(MARK);
    expect(job.stdout).toMatch(/own\n$/);
    expect(
      (await sh('hostile', 'python -c "import ssl, six; print(len(ssl.create_default_context().get_ca_certs()) > 0)"'))
        .stdout,
    ).toBe('True\n');
  });

  it('may make links of the root’s own directories', async () => {
    const victim = victimDirectory();
    const built = await build('hostile-links', {
      post: `
mkdir -p /srv; mv /usr/local ${victim}; ln -s ${victim} /usr/local
mv /etc/ssl /opt/ssl; ln -s ../opt/ssl /etc/ssl
mv /var/lib /opt/var-lib; ln -s /opt/var-lib /var/lib`,
    });
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    await expectHostUnchanged();
    const authorities = 'python -c "import ssl; print(len(ssl.create_default_context().get_ca_certs()) > 0)"';
    const job = await sh('hostile-links', `readlink /usr/local /etc/ssl /var/lib; ${authorities}`);
    expect(job.stdout).toBe(`${victim}\n../opt/ssl\n/opt/var-lib\nTrue\n`);
  });

  it('that breaks the language, or what the build relies on, is told so; the runtime before it still works', async () => {
    expect((await build('hostile-broken', {})).exitCode).toBe(0);
    const broken = await build('hostile-broken', {
      post: `for p in /usr/bin/python3*; do printf '#!/bin/sh\\necho 3.11.2; exit 1\\n' >"$p.x"; chmod 755 "$p.x"; mv "$p.x" "$p"; done`,
    });
    expect(broken.exitCode).toBe(7);
    expect(broken.stderr).toMatch(/^Error: the finished runtime does not work: .+\nHint: /m);
    const lying = await build('hostile-broken', {
      post: `printf '#!/bin/sh\\nprintf "f\\\\0000\\\\0000\\\\000644\\\\000\\\\000/../../../etc/passwd\\\\000"\\n' >/usr/bin/find`,
    });
    expect(lying.exitCode).toBe(7);
    expect(lying.stderr).toMatch(/^Error: the listing of the finished root has an impossible entry.*\nHint: a hook/m);
    expect((await sh('hostile-broken', 'python -c "print(1)"')).stdout).toBe('1\n');
    await expectHostUnchanged();
  });
});
