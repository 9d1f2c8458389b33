import type { HostileRun } from './hostile-job.js';
import { numberOf } from './hostile-job.js';

/** Something that a job does to its host. It is blocked when the job ends as it should and nothing of it is left. */
export interface Abuse {
  readonly title: string;
  readonly tried: string;
  /** Over the usual ones. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly ends: Partial<Pick<HostileRun, 'status' | 'reason'>>;
  /** What the job must have said about what it got: a pattern. */
  readonly says?: RegExp;
  /** More that must not be so: throws. */
  readonly check?: (run: HostileRun) => void;
}

/** Smaller limits than what each abuse asks for. `--timeout` ends what would not end by itself. */
export const MEMORY_BYTES = 64 * 2 ** 20;
export const USUAL_FLAGS = {
  'max-memory': '64M',
  'max-pids': '64',
  'max-disk': '32M',
  'max-inodes': '2000',
  timeout: '5m',
};

const perl = (script: string): string[] => ['perl', '-e', script];
const sh = (script: string): string[] => ['sh', '-c', script];

const OUT_OF_MEMORY = { status: 137, reason: 'out-of-memory' };
const TIMED_OUT = { status: 124, reason: 'timed-out' };
const ENDED = { status: 0, reason: 'exited' };

const PROCESSES: readonly Abuse[] = [
  {
    title: 'fork bomb',
    tried: 'fork as often as possible',
    flags: { timeout: '1s' },
    command: perl('1 while 1 + (fork // 0)'),
    ends: TIMED_OUT,
  },
  {
    title: 'fork bomb that does not end',
    tried: 'ignore TERM, lead a session of its own, fork twice, stop itself, start again what ends',
    flags: { timeout: '1s' },
    command: perl(
      `$SIG{$_} = "IGNORE" for qw(TERM HUP INT QUIT); for (1..8) { unless (fork) { syscall(${numberOf('setsid')}); fork; kill "STOP", $$ if $_ % 2; while (1) { fork; fork; wait } } } sleep 1000 while 1`,
    ),
    ends: TIMED_OUT,
  },
  {
    title: 'threads',
    tried: 'make threads until the kernel refuses',
    // Written for x86-64; elsewhere the same is tried with processes.
    command: process.arch === 'x64' ? ['thread-bomb'] : perl('$n++ while fork; exit $n'),
    ends: { reason: 'exited' },
    check: ({ status }) => refute(status < 30 || status > 63, `${status} threads`),
  },
  {
    title: 'zombies',
    tried: '1,000 children that nobody waits for',
    command: perl('for (1..1000) { $p = fork; last unless defined $p; exit unless $p; $n++ } print "made $n"'),
    ends: ENDED,
    says: /^made [3-6]\d$/,
  },
  {
    title: 'outliving the job',
    tried: 'double fork, setsid, ignore TERM, and end',
    command: perl(
      `for (1..5) { next if fork; exit if fork; syscall(${numberOf('setsid')}); $SIG{TERM} = "IGNORE"; close STDIN; sleep 1000 while 1 } print "gone"`,
    ),
    ends: ENDED,
    says: /^gone$/,
  },
  {
    title: 'keeping the outputs open',
    tried: 'a child that holds the outputs and goes on writing',
    command: sh('(while :; do echo x; sleep 0.01; done) & echo gone'),
    ends: ENDED,
    says: /gone/,
  },
  {
    title: 'stopping itself',
    tried: 'SIGSTOP',
    flags: { timeout: '1s' },
    command: sh('kill -STOP $$; echo on'),
    ends: TIMED_OUT,
    says: /^$/,
  },
  {
    title: 'tracing itself',
    tried: 'PTRACE_TRACEME, then a stop',
    command: perl(`print "refused" if syscall(${numberOf('ptrace')}, 0, 0, 0, 0) == -1 && $! == 1`),
    ends: ENDED,
    says: /^refused$/,
  },
  {
    title: 'killing all',
    tried: 'kill -9 -1',
    command: sh('sleep 1000 & kill -9 -1; wait; echo alone'),
    ends: ENDED,
    says: /alone$/,
  },
];

const populate = (kind: number) => `syscall(${numberOf('mmap')}, 0, 1 << 30, 3, 0x8020 | ${kind}, -1, 0)`;

const MEMORY: readonly Abuse[] = [
  {
    title: 'memory',
    tried: 'a gigabyte, while a child waits',
    command: sh(`sleep 1000 & perl -e '$x = "x" x (1 << 30); sleep 1000'; wait`),
    ends: OUT_OF_MEMORY,
  },
  {
    title: 'mapped memory',
    tried: 'a gigabyte by mmap, private and shared',
    command: perl(`fork; ${populate(2)}; ${populate(1)}; sleep 1000`),
    ends: OUT_OF_MEMORY,
  },
  {
    title: 'memory of many processes',
    tried: '50 processes of 8 MB',
    command: perl('for (1..50) { unless (fork) { $x = "x" x (8 << 20); sleep 1000 } } 1 while wait > 0; sleep 1000'),
    ends: OUT_OF_MEMORY,
  },
  {
    title: 'locked memory',
    tried: 'mlockall, then a gigabyte',
    command: perl(`syscall(${numberOf('mlockall')}, 3); $x = "x" x (1 << 30); sleep 1000`),
    ends: OUT_OF_MEMORY,
  },
  ...['/dev/shm', '/run'].map((directory) => ({
    title: `files in ${directory}`,
    tried: 'a gigabyte in a file system in memory',
    command: sh(`dd if=/dev/zero of=${directory}/x bs=1M count=1000 2>/dev/null; sleep 1000`),
    ends: OUT_OF_MEMORY,
  })),
  {
    title: 'empty files in memory',
    tried: 'a million files in /dev/shm',
    command: perl('for (1..1e6) { open F, ">", "/dev/shm/$_" } sleep 1000'),
    ends: OUT_OF_MEMORY,
  },
  {
    title: 'System V shared memory',
    tried: 'a segment of a gigabyte that is never removed',
    command: perl(
      '$s = shmget(0, 1 << 30, 0600 | 01000) // die; shmwrite($s, "x" x (1 << 20), $_ << 20, 1 << 20) for 0..1000; sleep 1000',
    ),
    ends: OUT_OF_MEMORY,
  },
  {
    title: 'memory of the kernel',
    tried: 'pipes full of data, as many as there can be',
    command: perl(
      'for (1..50) { last unless fork } for (1..500) { pipe($r, $w) || last; push @p, $r, $w; syswrite($w, "x" x 65536) } sleep 1000',
    ),
    flags: { timeout: '2s' },
    ends: {},
    check: ({ reason }) => refute(!['out-of-memory', 'timed-out'].includes(reason), reason),
  },
  {
    title: 'cached files',
    tried: 'three times its memory in /work',
    flags: { 'max-disk': '256M' },
    command: sh('dd if=/dev/zero of=/work/x bs=1M count=192 2>/dev/null && wc -c </work/x'),
    ends: ENDED,
    says: /^201326592$/,
  },
];

const DISK: readonly Abuse[] = [
  ...['/work', '/tmp'].map((directory) => ({
    title: `filling ${directory}`,
    tried: 'write until there is no room',
    command: sh(`dd if=/dev/zero of=${directory}/x bs=1M 2>/dev/null; status=$?; exit $status`),
    ends: { status: 1, reason: 'disk-full' },
  })),
  {
    title: 'many files',
    tried: '100,000 files in /work and /tmp',
    command: perl(
      'for $d ("/work", "/tmp") { for (1..50000) { open(F, ">", "$d/$_") || last; $n++ } } print "made $n"; exit 1',
    ),
    ends: { status: 1, reason: 'disk-full' },
    says: /^made [12]\d\d\d$/,
  },
  {
    title: 'sparse file',
    tried: 'a file of 10 TB',
    command: perl('open F, ">", "/work/x"; print "refused " unless truncate F, 10 << 40; print +(stat F)[12]'),
    ends: ENDED,
    says: /^(refused )?[0-8]$/,
  },
  {
    title: 'deep directories',
    tried: '10,000 in each other, with line breaks in their names',
    flags: { 'max-disk': '128M', 'max-inodes': '20000' },
    command: perl('for (1..10000) { mkdir "a\\nb\\xff" or last; chdir "a\\nb\\xff" or last; $n++ } print "made $n"'),
    ends: ENDED,
    says: /^made 10000$/,
  },
];

const PROCESSOR: readonly Abuse[] = [
  {
    title: 'processor time',
    tried: 'eight busy processes with a fifth of a core',
    flags: { 'max-cpu': '20', timeout: '3s' },
    command: perl('fork for 1..3; 1 while 1'),
    ends: TIMED_OUT,
    check: ({ cpuMs, durationMs }) => refute(cpuMs > durationMs * 0.2 * 1.25 + 200, `${cpuMs} of ${durationMs} ms`),
  },
  {
    title: 'priority',
    tried: 'nice -20, real-time scheduling, deadlines',
    command: perl(
      `print "nice " if setpriority(0, 0, -20); $p = pack("i", 1); print "real-time " for grep { syscall(${numberOf('sched_setscheduler')}, 0, $_, $p) == 0 } 1, 2; ` +
        `$a = pack("LLQlLQQQ", 48, 6, 0, 0, 0, 1e6, 1e7, 1e7); print "deadline" if syscall(${numberOf('sched_setattr')}, 0, $a, 0) == 0`,
    ),
    ends: ENDED,
    says: /^$/,
  },
  {
    title: 'cores',
    tried: 'run on all cores when given one',
    flags: { 'cpu-cores': '0' },
    command: perl(
      `$m = pack("Q", ~0); syscall(${numberOf('sched_setaffinity')}, 0, 8, $m); open S, "/proc/self/status"; print grep /^Cpus_allowed_list/, <S>`,
    ),
    ends: ENDED,
    says: /^Cpus_allowed_list:\s+0$/,
  },
];

const OUTPUT: readonly Abuse[] = [
  {
    title: 'output',
    tried: 'a gigabyte, to a reader that takes all',
    flags: { 'max-output': '4M' },
    command: sh('yes | head -c 1000000000'),
    ends: { status: 137, reason: 'output-limit' },
  },
  {
    title: 'errors',
    tried: 'a gigabyte of errors and output in turn',
    flags: { 'max-output': '4M' },
    command: perl('$x = "x" x 65536; for (1..8000) { syswrite STDOUT, $x; syswrite STDERR, $x }'),
    ends: { status: 137, reason: 'output-limit' },
  },
];

const KERNEL: readonly Abuse[] = [
  {
    title: 'open files',
    tried: 'raise the limit, open files until the kernel refuses',
    command: perl(
      `$l = pack("QQ", 1 << 20, 1 << 20); print "raised " if syscall(${numberOf('prlimit64')}, 0, 7, $l, 0) == 0; 1 while open($f[$n++], "<", "/dev/null") && $n < 1e6; print $n`,
    ),
    ends: ENDED,
    says: /^10\d\d$/,
  },
  {
    title: 'limits of its own',
    tried: 'raise the hard limits of files, core dumps and locked memory',
    command: perl(
      `for (4, 7, 8) { $l = pack("QQ", ~0, ~0); print "raised $_ " if syscall(${numberOf('prlimit64')}, 0, $_, $l, 0) == 0 }`,
    ),
    ends: ENDED,
    says: /^$/,
  },
  {
    title: 'surviving others',
    tried: 'a lower oom_score_adj; core dumps of all its memory',
    command: sh(
      'for s in -1000 -1; do (echo $s >/proc/self/oom_score_adj) 2>/dev/null && echo lowered; done; (echo 0xff >/proc/self/coredump_filter) 2>/dev/null; sh -c "kill -ABRT \\$\\$"; ls /work /tmp | grep core; exit 0',
    ),
    ends: ENDED,
    says: /^(\/work:\s*\/tmp:\s*)?$/,
  },
  {
    title: 'semaphores and message queues',
    tried: 'as many as the kernel gives, System V and POSIX, none removed',
    command: perl(
      `for (1..1000) { syscall(${numberOf('mq_open')}, "q$_", 66, 384, 0) } for (1..40000) { semget(0, 100, 0600 | 01000); msgget(0, 0600 | 01000) } sleep 1000`,
    ),
    ends: OUT_OF_MEMORY,
  },
  {
    title: 'timers, inotify, epoll and event descriptors',
    tried: 'as many as the kernel gives',
    command: perl(
      `$id = pack("i", 0); 1 while syscall(${numberOf('timer_create')}, 1, 0, $id) == 0; 1 while syscall(${numberOf('inotify_init1')}, 0) >= 0; 1 while syscall(${numberOf('epoll_create1')}, 0) >= 0; 1 while syscall(${numberOf('eventfd2')}, 0, 0) >= 0; print "used up"`,
    ),
    ends: {},
    // How many timers a user may have goes by the memory of the host.
    check: ({ reason }) => refute(!['out-of-memory', 'exited'].includes(reason), reason),
  },
];

export const ABUSES: readonly Abuse[] = [...PROCESSES, ...MEMORY, ...DISK, ...PROCESSOR, ...OUTPUT, ...KERNEL];

function refute(wrong: boolean, what: string): void {
  if (wrong) throw new Error(what);
}
