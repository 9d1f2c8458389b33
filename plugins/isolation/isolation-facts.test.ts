import { chmodSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../core/contracts/id-map.js';
import { mountsOf } from './test-support/host-state.js';
import { runJob } from './test-support/run.js';
import { makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

/** Numbers of system calls by Node's name of the architecture. */
const SYSCALLS: Record<string, Record<string, number>> = {
  x64: {
    unshare: 272,
    setns: 308,
    mount: 165,
    keyctl: 250,
    bpf: 321,
    perf_event_open: 298,
    userfaultfd: 323,
    clone: 56,
  },
  arm64: {
    unshare: 97,
    setns: 268,
    mount: 40,
    keyctl: 219,
    bpf: 280,
    perf_event_open: 241,
    userfaultfd: 282,
    clone: 220,
  },
};
const COMMON = { io_uring_setup: 425, open_tree: 428, clone3: 435, pidfd_getfd: 438, statmount: 457 };

describe('a job is isolated', () => {
  let scratch: string;
  let root: string;
  const sh = async (script: string) => (await runJob(root, ['sh', '-c', script])).stdout;
  const perl = async (script: string) => (await runJob(root, ['perl', '-e', script])).stdout;

  beforeAll(() => {
    scratch = scratchDirectory();
    chmodSync(scratch, 0o755);
    root = makeTinyRoot(path.join(scratch, 'root'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('is root inside and an unprivileged id of the host', async () => {
    const output = await sh('id -u; id -G; cat /proc/self/uid_map /proc/self/gid_map');
    const mapping = ['0', String(DEFAULT_ID_MAP.hostStart), String(DEFAULT_ID_MAP.size)];
    expect(output.trim().split(/\s+/)).toEqual(['0', '0', ...mapping, ...mapping]);
  });

  it('has no capability, no new privileges, and a system call filter', async () => {
    const status = (await runJob(root, ['cat', '/proc/self/status'])).stdout;
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect(status).toMatch(new RegExp(`^${set}:\\s+0+$`, 'm'));
    }
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    for (const set of ['SigBlk', 'SigIgn']) expect(status).toMatch(new RegExp(`^${set}:\\s+0+$`, 'm'));
  });

  it('cannot write to its root, and can to /work and /tmp, from where it may also run programs', async () => {
    expect(await sh('touch /x /etc/x /usr/x 2>&1 | grep -c "Read-only file system"')).toBe('3\n');
    expect(await sh('for d in /work /tmp; do cp /bin/busybox $d/echo && $d/echo $d; stat -c %a $d; done')).toBe(
      '/work\n1777\n/tmp\n1777\n',
    );
  });

  it('sees no mount, process, variable or descriptor of the host', async () => {
    expect((await sh('cut -d" " -f2 /proc/mounts | sort -u')).trim().split('\n')).toEqual(
      expect.arrayContaining(['/', '/dev', '/proc', '/tmp', '/work']),
    );
    expect(await sh('grep -cE "^cgroup|^sysfs| /sys" /proc/mounts')).toBe('0\n');
    expect((await sh('ls -d /proc/[0-9]* | wc -l')).trim()).toMatch(/^[2-5]$/);
    expect(await sh('tr "\\0" "\\n" </proc/1/environ | sort')).toBe('HOME=/work\nPATH=/bin:/usr/bin\n');
    expect(await sh('ls /proc/1/fd')).toBe('0\n1\n2\n');
    // The fourth is the directory itself, open for reading.
    expect(await perl('opendir D, "/proc/self/fd"; print join " ", sort grep /\\d/, readdir D')).toBe('0 1 2 3');
    expect(await sh('hostname; ls /sys 2>&1')).toBe('job\nls: /sys: No such file or directory\n');
  });

  it('cannot change the kernel through /proc', async () => {
    const files = ['/proc/sys/kernel/core_pattern', '/proc/sys/vm/overcommit_memory', '/proc/irq/default_smp_affinity'];
    expect(await sh(`for f in ${files.join(' ')}; do (: >$f) 2>/dev/null && echo $f; done; echo end`)).toBe('end\n');
    expect(await sh('cat /proc/kcore /proc/keys /proc/timer_list 2>/dev/null | wc -c')).toBe('0\n');
    expect(await sh('cp /bin/busybox /proc/1/exe 2>&1 | grep -c .')).toBe('1\n');
  });

  it('has a loopback and no other network', async () => {
    expect(await sh('ls /proc/sys/net/ipv4/conf; ifconfig lo | grep -c "inet addr:127.0.0.1"')).toBe(
      'all\ndefault\nlo\n1\n',
    );
    const served = await perl(
      'socket(S, 2, 1, 0); bind(S, pack("Sna4x8", 2, 80, "\\x7f\\0\\0\\1")) or die $!; listen(S, 1);' +
        'socket(C, 2, 1, 0); connect(C, getsockname(S)) or die $!; accept(A, S); syswrite(A, "served"); sysread(C, $x, 6); print $x',
    );
    expect(served).toBe('served');
  });

  it('finds the usual devices and no other', async () => {
    const devices = await sh('cd /dev; find . -type c -o -type b | sort');
    expect(devices).toBe('./full\n./null\n./pts/ptmx\n./random\n./tty\n./urandom\n./zero\n');
    expect(await sh('for l in fd stdin ptmx; do readlink /dev/$l; done; stat -c %a /dev/shm; ls -d /dev/mqueue')).toBe(
      '/proc/self/fd\n/proc/self/fd/0\npts/ptmx\n1777\n/dev/mqueue\n',
    );
    const terminal = await perl(
      'open(M, "+<", "/dev/ptmx"); $z = pack("i", 0); ioctl(M, 0x40045431, $z); ioctl(M, 0x80045430, $z);' +
        '$n = "/dev/pts/" . unpack("i", $z); open(S, "+<", $n) or die $!; print $n, " ", (-t S) + 0, " ", (stat $n)[5]',
    );
    expect(terminal).toBe('/dev/pts/0 1 5');
    expect(await sh('dd if=/dev/zero of=/dev/shm/x bs=1M count=80 2>/dev/null; stat -c %s /dev/shm/x')).toBe(
      '83886080\n',
    );
  });

  it('gets EPERM or ENOSYS from system calls that are not for it, and is never killed', async () => {
    const numbers = { ...SYSCALLS[process.arch], ...COMMON };
    const calls = Object.entries(numbers).filter(([name]) => name !== 'clone');
    const script = calls
      .map(([name, number]) => `$! = 0; syscall(${number}, 0, 0, 0, 0, 0); print "${name} ", $!+0, "\\n";`)
      .join(' ');
    const errors = Object.fromEntries(
      (await perl(script))
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    );
    expect(Object.keys(errors)).toHaveLength(calls.length);
    for (const [name, errno] of Object.entries(errors)) expect(['1', '38'], name).toContain(errno);
    expect(errors['clone3']).toBe('38');
  });

  it('cannot make a user namespace by clone either', async () => {
    const clone = SYSCALLS[process.arch]?.['clone'];
    expect(await perl(`$r = syscall(${clone}, 0x10000000 | 17, 0, 0, 0, 0); print $r, " ", $!+0`)).toBe('-1 38');
    expect((await runJob(root, ['unshare', '-U', 'true'])).status).not.toBe(0);
  });

  it('cannot type into a terminal, not even with a request of more than 32 bits', async () => {
    const ioctl = { x64: 16, arm64: 29 }[process.arch as 'x64'];
    const attempt = (request: string) =>
      perl(
        `open(T, "+<", "/dev/ptmx"); $c = "x"; syscall(${ioctl}, fileno(T), ${request}, $c); print $!+0, " "; ` +
          `$w = "\\0" x 8; print syscall(${ioctl}, fileno(T), 0x5413, $w)`,
      );
    for (const request of ['0x5412', '0x541c', '0x100005412', '0xf0000541c']) {
      expect(await attempt(request), request).toBe('38 0');
    }
  });

  it('leaves the host as it was', async () => {
    await sh('true');
    expect(mountsOf(scratch)).toEqual([]);
    expect(statSync(root).uid).toBe(DEFAULT_ID_MAP.hostStart);
  });

  it('has the same umask whatever the caller has', async () => {
    const umask = process.umask(0o077);
    try {
      expect(await sh('umask; touch /work/x; stat -c %a /work/x')).toBe('0022\n644\n');
    } finally {
      process.umask(umask);
    }
  });
});
