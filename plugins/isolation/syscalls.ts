/** System calls by what they are for. Names unknown to the host's libseccomp or architecture are skipped by the runtime. */

export const EPERM = 1;
export const ENOSYS = 38;

/** CLONE_NEWTIME aside (it shares a bit with the exit signal): CGROUP, UTS, IPC, USER, PID, NET, NS. */
export const NAMESPACE_FLAGS = 0x7e020000;

/** Linux, Linux with 32-bit uname, the query, and UNAME26 forms: what the field allows. */
export const PERSONALITIES = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff] as const;

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (getifaddrs). No kernel crypto, no VM sockets, no exotic protocols. */
export const SOCKET_FAMILIES = [1, 2, 10, 16] as const;

/** TIOCSTI and TIOCLINUX: put keys into a terminal's input as if typed. */
export const TERMINAL_INJECTION_REQUESTS = [0x5412, 0x541c] as const;

const FILES = `
  access close close_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate fcntl flock fstat fstatfs
  ftruncate getcwd getdents getdents64 lseek lstat mkdir mkdirat mknod mknodat name_to_handle_at newfstatat open openat
  openat2 readlink readlinkat rename renameat renameat2 rmdir stat statfs statx symlink symlinkat truncate umask unlink
  unlinkat link linkat chdir fchdir utime utimensat utimes futimesat inotify_add_watch inotify_init inotify_init1
  inotify_rm_watch cachestat`;

const FILE_ATTRIBUTES = `
  chmod chown fchmod fchmodat fchmodat2 fchown fchownat lchown fgetxattr flistxattr fremovexattr fsetxattr getxattr
  getxattrat lgetxattr listxattr listxattrat llistxattr lremovexattr lsetxattr removexattr removexattrat setxattr
  setxattrat`;

const INPUT_OUTPUT = `
  copy_file_range fdatasync fsync io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit pread64 preadv
  preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile splice sync sync_file_range syncfs tee vmsplice write
  writev`;

const WAITING = `
  epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 poll ppoll pselect6 select
  pipe pipe2 signalfd signalfd4 timerfd_create timerfd_gettime timerfd_settime`;

const MEMORY = `
  brk madvise membarrier memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync munlock munlockall
  munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages map_shadow_stack`;

const PROCESSES = `
  execve execveat exit exit_group fork vfork wait4 waitid getpgid getpgrp getpid getppid getsid gettid setpgid setsid
  kill tgkill tkill pidfd_open pidfd_send_signal arch_prctl prctl prlimit64 getrlimit setrlimit getrusage getpriority
  setpriority ioprio_get ioprio_set times getcpu rseq seccomp landlock_add_rule landlock_create_ruleset
  landlock_restrict_self set_tid_address get_robust_list set_robust_list restart_syscall process_mrelease modify_ldt`;

const SCHEDULING = `
  sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
  sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield`;

const LOCKS = 'futex futex_requeue futex_wait futex_waitv futex_wake';

const SIGNALS = `
  pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
  rt_tgsigqueueinfo sigaltstack`;

const IDENTITY = `
  capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups setregid
  setresgid setresuid setreuid setuid`;

const TIME = `
  alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timer_create
  timer_delete timer_getoverrun timer_gettime timer_settime adjtimex clock_adjtime`;

const NETWORK = `
  accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg
  sendto setsockopt shutdown socketpair`;

const IPC = `
  mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget
  semop semtimedop shmat shmctl shmdt shmget`;

const SYSTEM = 'getrandom sysinfo uname';

/**
 * The forms that 32-bit programs use of the calls above. Not `socketcall`: it passes its arguments in memory, where a filter
 * cannot see the family of a socket; the direct calls do the same.
 */
const OF_32_BIT_PROGRAMS = `
  _llseek _newselect chown32 clock_getres_time64 clock_gettime64 clock_nanosleep_time64 fadvise64_64 fchown32 fcntl64
  fstat64 fstatat64 fstatfs64 ftruncate64 futex_time64 get_thread_area getegid32 geteuid32 getgid32 getgroups32
  getresgid32 getresuid32 getuid32 io_pgetevents_time64 ipc lchown32 lstat64 mmap2 mq_timedreceive_time64
  mq_timedsend_time64 ppoll_time64 pselect6_time64 recvmmsg_time64 rt_sigtimedwait_time64
  sched_rr_get_interval_time64 semtimedop_time64 sendfile64 set_thread_area setfsgid32 setfsuid32 setgid32 setgroups32
  setregid32 setresgid32 setresuid32 setreuid32 setuid32 sigprocmask sigreturn stat64 statfs64 timer_gettime64
  timer_settime64 timerfd_gettime64 timerfd_settime64 truncate64 ugetrlimit utimensat_time64 waitpid`;

export const ALLOWED_SYSCALLS: readonly string[] = [
  FILES,
  FILE_ATTRIBUTES,
  INPUT_OUTPUT,
  WAITING,
  MEMORY,
  PROCESSES,
  SCHEDULING,
  LOCKS,
  SIGNALS,
  IDENTITY,
  TIME,
  NETWORK,
  IPC,
  SYSTEM,
  OF_32_BIT_PROGRAMS,
].flatMap(names);

/** With CAP_SYS_CHROOT only: package managers change root for scripts. */
export const ALLOWED_WITH_CHROOT: readonly string[] = ['chroot'];

/** Known to every program as "not for you": EPERM, as without the capability. */
export const DENIED_SYSCALLS: readonly string[] = [
  // Namespaces and mounts.
  'unshare setns mount umount2 pivot_root move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr',
  // Kernel programs, counters, page faults, asynchronous rings: attack surface, and rings evade filters.
  'bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register',
  // Other processes' memory and descriptors.
  'ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp',
  // Keyrings are not namespaced.
  'add_key keyctl request_key',
  // The machine.
  `acct clock_settime settimeofday delete_module finit_module init_module kexec_load kexec_file_load reboot swapon
   swapoff sethostname setdomainname syslog vhangup iopl ioperm quotactl quotactl_fd fanotify_init fanotify_mark`,
  // A file by its number, past every path check.
  'open_by_handle_at',
  // Placement of memory on nodes: libnuma takes EPERM for "no NUMA here".
  'get_mempolicy set_mempolicy set_mempolicy_home_node mbind migrate_pages move_pages',
].flatMap(names);

function names(text: string): string[] {
  return text.split(/\s+/).filter((name) => name !== '');
}
