import {
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../core/contracts/id-map.js';
import type { IsolatedProcess } from '../core/contracts/isolator.js';
import { syscallNumbers } from '../plugins/isolation/syscall-numbers.js';
import { Collector, isolator, jobIn, runJob } from '../plugins/isolation/test-support/run.js';
import { giveToMappedRoot, makeTinyRoot, scratchDirectory } from '../plugins/isolation/test-support/tiny-root.js';
import { AbuseTable, type Attempt } from './support/abuse-table.js';

/**
 * The field's known ways out of a container, each tried by a hostile job from inside. A row is blocked when the job says that it was
 * refused, and where something of the host's could have changed, the host says that it has not.
 */
interface Probe extends Attempt {
  /** Resolves to what was not blocked; nothing when all was. */
  readonly escapes: () => Promise<string>;
}

const table = new AbuseTable();

let scratch: string;
let root: string;
let server: Server;
let abstract: Server;
let port: number;
const ABSTRACT_NAME = `joblet-escape-${process.pid}`;
/** For perl. Older versions of Node.js fill the name up with NUL bytes. */
const CONNECT_ABSTRACT = ['', '. chr(0) x (107 - length $n)']
  .map((padding) => `connect(S, pack("S", 1) . chr(0) . $n ${padding})`)
  .join(' || ');
const TRY_ABSTRACT = `$n = "${ABSTRACT_NAME}"; socket(S, 1, 1, 0); print "connected" if ${CONNECT_ABSTRACT}`;
const SECRET = `secret-${process.pid}-of-the-host`;

/** An attempt has to come to its end, or nothing was tried. */
async function attempt(args: readonly string[], more: Partial<IsolatedProcess>): Promise<string> {
  const { stdout, stderr } = await runJob(root, args, more);
  if (!stdout.endsWith(TRIED)) throw new Error(`the attempt itself failed: ${stdout}${stderr}`);
  return stdout.slice(0, -TRIED.length);
}

const TRIED = 'all tried';
const sh = (script: string, more: Partial<IsolatedProcess> = {}) =>
  attempt(['sh', '-c', `${script}\nprintf '${TRIED}'`], more);
const perl = (script: string, more: Partial<IsolatedProcess> = {}) =>
  attempt(['perl', '-e', `${script}; print "${TRIED}"`], more);

/** Prints each path that could be opened for writing. */
const writable = (paths: readonly string[]) =>
  perl(`for (qw(${paths.join(' ')})) { print "$_ " if sysopen(my $f, $_, 1) }`);

/** Prints each call that answered anything but EPERM or ENOSYS. */
async function answered(calls: Readonly<Record<string, string>>): Promise<string> {
  const abi = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const script = Object.entries(calls).flatMap(([name, args]) => {
    const number = syscallNumbers().get(name)?.[abi];
    if (number === undefined) throw new Error(`no number for ${name}`);
    return `@a = (${args}); $! = 0; $r = syscall(${number}, @a); print "${name} " unless $r == -1 && ($! == 1 || $! == 38);`;
  });
  return perl(script.join(' '));
}

const probes: readonly Probe[] = [
  {
    title: 'leaked descriptors',
    tried: 'list /proc/self/fd and follow what is there',
    escapes: () => perl('opendir D, "/proc/self/fd"; print join " ", grep { /^\\d+$/ && $_ > 3 } readdir D'),
  },
  {
    title: 'a working directory on the host',
    tried: 'climb from /proc/self/cwd and from "..", fifty times',
    escapes: async () => {
      const up = '../'.repeat(50);
      const seen = await sh(`for d in ${up} /proc/self/cwd/${up} /proc/1/cwd/${up} /proc/1/root; do ls $d; done`);
      return seen.split('\n').includes(path.basename(scratch)) || seen.includes('sys\n') ? seen : '';
    },
  },
  {
    title: 'overwriting the runtime',
    tried: 'open /proc/self/exe and /proc/1/exe for writing',
    escapes: () => writable(['/proc/self/exe', '/proc/1/exe', '/dev/init']),
  },
  {
    title: 'cgroup release_agent',
    tried: 'mount cgroup and cgroup2; look for release_agent and devices.allow',
    escapes: async () => {
      const mounts = await answered({ mount: '"x", "/tmp", "cgroup", 0, "pids"', fsopen: '"cgroup2", 0' });
      return mounts + (await sh('find / -xdev \\( -name release_agent -o -name devices.allow \\) 2>/dev/null'));
    },
  },
  {
    title: 'core_pattern and its like',
    tried: 'open global kernel settings for writing',
    escapes: () =>
      writable([
        '/proc/sys/kernel/core_pattern',
        '/proc/sys/kernel/modprobe',
        '/proc/sys/kernel/hotplug',
        '/proc/sys/fs/binfmt_misc/register',
        '/proc/sys/vm/panic_on_oom',
        '/proc/sysrq-trigger',
      ]),
  },
  {
    title: 'mounting',
    tried: 'mount, umount, remount the root writable, pivot_root, the new mount calls',
    escapes: () =>
      answered({
        mount: '"none", "/", "", 32 | 4096, ""',
        umount2: '"/proc", 2',
        pivot_root: '"/tmp", "/tmp"',
        open_tree: '-100, "/", 1',
        move_mount: '-100, "/", -100, "/tmp", 0',
        fsopen: '"tmpfs", 0',
        mount_setattr: '-100, "/", 0, 0, 0',
      }),
  },
  {
    title: 'mount points that are links',
    tried: 'a root whose /tmp and /etc/resolv.conf lead out of it',
    escapes: async () => {
      const outside = path.join(scratch, 'outside');
      mkdirSync(outside);
      writeFileSync(path.join(outside, 'file'), 'as it was');
      const hostile = makeTinyRoot(path.join(scratch, 'hostile'));
      rmSync(path.join(hostile, 'tmp'), { recursive: true });
      symlinkSync(`${'../'.repeat(20)}${outside}`, path.join(hostile, 'tmp'));
      symlinkSync(`${'../'.repeat(20)}${outside}/file`, path.join(hostile, 'etc/resolv.conf'));
      for (const name of ['tmp', 'etc/resolv.conf']) {
        lchownSync(path.join(hostile, name), DEFAULT_ID_MAP.hostStart, DEFAULT_ID_MAP.hostStart);
      }
      const attempt = ['sh', '-c', 'echo x >/tmp/file; echo x >/etc/resolv.conf; ls /tmp/; exit 0'];
      // Refused or run inside: both are fine.
      await runJob(hostile, attempt, {
        binds: [{ hostPath: path.join(outside, 'file'), rootPath: '/etc/resolv.conf' }],
      }).catch(() => undefined);
      return readFileSync(path.join(outside, 'file'), 'utf8') === 'as it was' && readdirSync(outside).length === 1
        ? ''
        : 'wrote outside';
    },
  },
  {
    title: 'processes of the host and of other jobs',
    tried: 'see, trace, read and signal a job beside it by its number on the host',
    escapes: async () => {
      const stdout = new Collector();
      const other = isolator.start({ ...jobIn(root, ['sh', '-c', 'echo up; sleep 1000']), stdout });
      await stdout.until('up');
      const host = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) > 50);
      const seen = await perl(
        `for (qw(${host.join(' ')})) { print "sees $_ " if -e "/proc/$_" && $_ != $$; print "signals $_ " if $_ != $$ && kill(0, $_) }`,
      );
      const traced = await answered({
        ptrace: '16, 1, 0, 0',
        process_vm_readv: '1, 0, 0, 0, 0, 0',
        pidfd_getfd: '0, 0, 0',
        kcmp: '1, 1, 0, 0, 0',
      });
      await sh('kill -9 -1');
      await runJob(root, ['perl', '-e', 'kill 9, 0']);
      other.kill('SIGTERM');
      const { status } = await other.exit;
      return `${seen}${traced}${status === 143 ? '' : `the other job ended with ${status}`}`;
    },
  },
  {
    title: 'abstract sockets',
    tried: "connect to an abstract socket of the host's",
    escapes: () => perl(TRY_ABSTRACT),
  },
  {
    title: "the host's network",
    tried: "connect to a server on the host's loopback; open raw and packet sockets",
    escapes: () =>
      perl(
        `socket(S, 2, 1, 0); print "connected " if connect(S, pack("Sna4x8", 2, ${port}, "\\x7f\\0\\0\\1"));` +
          'print "raw " if socket(R, 2, 3, 1); print "packet " if socket(P, 17, 3, 768)',
      ),
  },
  {
    title: 'keyrings',
    tried: 'add_key, keyctl, request_key; read /proc/keys',
    escapes: async () =>
      (await answered({ add_key: '"user", "x", "y", 1, -3', keyctl: '0, -3, 0', request_key: '"user", "x", 0, -3' })) +
      (await sh('cat /proc/keys /proc/key-users 2>/dev/null')),
  },
  {
    title: 'typing into a terminal',
    tried: 'TIOCSTI and TIOCLINUX on a terminal of its own, with high bits too; look for the caller’s',
    escapes: async () => {
      const ioctl = process.arch === 'arm64' ? 29 : 16;
      const typed = await perl(
        'open(T, "+<", "/dev/ptmx"); $c = "x"; for (0x5412, 0x541c, 0x100005412, 0xf0000541c) ' +
          `{ $r = syscall(${ioctl}, fileno(T), $_, $c); print "typed $_ " unless $r == -1 && $! == 38 }`,
      );
      return typed + (await perl('print "has a terminal" if sysopen(my $f, "/dev/tty", 2) || -t 0 || -t 1 || -t 2'));
    },
  },
  {
    title: 'nested user namespaces',
    tried: 'unshare, setns, clone and clone3 with new namespaces',
    escapes: async () => {
      const clone = process.arch === 'arm64' ? 220 : 56;
      const made = await perl(
        `for (0x10000000, 0x20000, 0x20000000, 0x40000000) { $r = syscall(${clone}, $_ | 17, 0, 0, 0, 0); exit if $r == 0; print "clone $_ " if $r != -1 }`,
      );
      return made + (await answered({ unshare: '0x10000000', setns: '0, 0', clone3: '0, 0' }));
    },
  },
  {
    title: 'kernel interfaces',
    tried: 'bpf, perf, io_uring, userfaultfd, file handles, kexec, modules, swap, reboot, clocks, quotas',
    escapes: () =>
      answered({
        bpf: '0, 0, 0',
        perf_event_open: '0, 0, -1, -1, 0',
        io_uring_setup: '8, 0',
        userfaultfd: '0',
        open_by_handle_at: '0, 0, 0',
        kexec_load: '0, 0, 0, 0',
        init_module: '0, 0, 0',
        finit_module: '0, 0, 0',
        delete_module: '0, 0',
        swapon: '0, 0',
        reboot: '0, 0, 0, 0',
        settimeofday: '0, 0',
        quotactl: '0, 0, 0, 0',
        acct: '0',
        chroot: '"/tmp"',
      }),
  },
  {
    title: 'the kernel log',
    tried: 'syslog, /dev/kmsg, /proc/kmsg',
    escapes: async () =>
      (await answered({ syslog: '3, 0, 0' })) +
      (await sh('ls /dev/kmsg 2>/dev/null; head -c 1 /proc/kmsg 2>/dev/null')),
  },
  {
    title: 'masked files of /proc',
    tried: 'read kernel memory, timers, interrupts; write below /proc/sys, /proc/irq, /proc/bus',
    escapes: async () =>
      (await sh(
        'cat /proc/kcore /proc/timer_list /proc/sched_debug /proc/interrupts /proc/vmallocinfo 2>/dev/null | head -c 9',
      )) +
      (await sh(
        'find /proc/sys /proc/irq /proc/bus /proc/fs -type f 2>/dev/null | while read f; do [ -w "$f" ] && (: >>"$f") 2>/dev/null && echo "$f"; done',
      )),
  },
  {
    title: '/sys',
    tried: 'look for it, and for cgroup, debugfs, securityfs mounts',
    escapes: () =>
      sh('ls -A /sys 2>/dev/null; grep -E " (sysfs|cgroup2?|debugfs|tracefs|securityfs|bpf) " /proc/mounts'),
  },
  {
    title: 'devices',
    tried: 'make a device node; open disks, memory and fuse',
    escapes: () =>
      sh(
        'for d in /tmp /work /dev; do mknod $d/disk b 254 0 2>/dev/null && echo made in $d; done; ls /dev/mem /dev/kvm /dev/fuse /dev/loop* /dev/vda /dev/sda 2>/dev/null',
      ),
  },
  {
    title: 'set-user-ID programs',
    tried: 'run one of another id in the root, and one of its own making in /work',
    escapes: () =>
      sh(
        '/bin/other-id sh -c "id -u" | grep -v "^0$"; cp /bin/busybox /work/su; chmod 6755 /work/su; grep -E "^Cap(Prm|Eff|Bnd|Amb):" /proc/self/status | grep -v "0000000000000000"; grep -c "NoNewPrivs:.1" /proc/self/status | grep -v 1',
      ),
  },
  {
    title: "the host's files",
    tried: 'write the root; leave a set-user-ID file of host root in a shared directory',
    escapes: async () => {
      const shared = path.join(scratch, 'shared');
      mkdirSync(shared);
      lchownSync(shared, DEFAULT_ID_MAP.hostStart, DEFAULT_ID_MAP.hostStart);
      const binds = [{ hostPath: shared, rootPath: '/tmp/shared', writable: true }];
      const wrote = await sh('for f in /x /etc/passwd /bin/busybox; do (: >>$f) 2>/dev/null && echo wrote $f; done', {
        binds,
      });
      await sh('cp /bin/busybox /tmp/shared/su; chown 0:0 /tmp/shared/su; chmod 6755 /tmp/shared/su', { binds });
      const left = statSync(path.join(shared, 'su'));
      return wrote + (left.uid < DEFAULT_ID_MAP.hostStart ? `left a file of ${left.uid}` : '');
    },
  },
  {
    title: 'secrets in the environment',
    tried: "look for a variable of the caller's in every /proc/PID/environ and in its own environment",
    escapes: () => sh(`env | grep ${SECRET}; cat /proc/*/environ 2>/dev/null | grep -a ${SECRET}`),
  },
  {
    title: 'more than its share',
    tried: 'raise its priority and hard limits, lower its oom score, real-time scheduling',
    escapes: () =>
      perl(
        'print "priority " if setpriority(0, 0, -5); print "oom " if open(O, ">", "/proc/self/oom_score_adj") && syswrite(O, "-500");',
      ),
  },
];

describe('a hostile job', () => {
  beforeAll(async () => {
    process.env['JOBLET_ESCAPE_SECRET'] = SECRET;
    scratch = scratchDirectory();
    chmodSync(scratch, 0o755);
    root = makeTinyRoot(path.join(scratch, 'root'));
    copyFileSync('/bin/busybox', path.join(root, 'bin/other-id'));
    giveToMappedRoot(root);
    lchownSync(path.join(root, 'bin/other-id'), DEFAULT_ID_MAP.hostStart + 1000, DEFAULT_ID_MAP.hostStart + 1000);
    chmodSync(path.join(root, 'bin/other-id'), 0o6755);
    server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    abstract = createServer((socket) => socket.end()).listen(`\0${ABSTRACT_NAME}`);
    await Promise.all([server, abstract].map((one) => new Promise((resolve) => one.once('listening', resolve))));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    server.close();
    abstract.close();
    delete process.env['JOBLET_ESCAPE_SECRET'];
    rmSync(scratch, { recursive: true, force: true });
    table.print();
  });

  it.each(probes)('does not get out by $title', async ({ title, tried, escapes }) => {
    const escaped = (await escapes()).trim();
    table.add({ title, tried }, escaped === '');
    expect(escaped).toBe('');
  });

  it('has probes that would see an open way: on the host they do', async () => {
    const onHost = async (script: string) => (await execa('perl', ['-e', script], { reject: false })).stdout;
    expect(
      await onHost(`socket(S, 2, 1, 0); print "connected" if connect(S, pack("Sna4x8", 2, ${port}, "\\x7f\\0\\0\\1"))`),
    ).toBe('connected');
    expect(await onHost(TRY_ABSTRACT)).toBe('connected');
    expect(existsSync('/proc/sys/kernel/core_pattern')).toBe(true);
  });
});
