/**
 * Packages that every runtime keeps, beside the closure of what its language needs: what an ordinary program may start
 * or read. Each brings its own dependencies.
 */
export const BASE_PROGRAMS: readonly string[] = [
  // The skeleton: directories, /etc/passwd and group, os-release, the C library and its tools (ldconfig for
  // ctypes.util.find_library, getent, C.UTF-8).
  'base-files',
  'base-passwd',
  'libc6',
  'libc-bin',
  // dlopened by glibc for pthread_cancel, so no closure names it; C++ extensions need the other.
  'libgcc-s1',
  'libstdc++6',
  // A shell and the programs that scripts call.
  'bash',
  'dash',
  'coreutils',
  'debianutils',
  'diffutils',
  'findutils',
  'grep',
  'gzip',
  'hostname',
  'mawk',
  'gawk',
  'ncurses-base',
  'ncurses-bin',
  'procps',
  'sed',
  'sysvinit-utils',
  'tar',
  'util-linux',
  // Data that libraries look up: authorities, time zones, services and protocols, media types.
  'ca-certificates',
  'openssl',
  'tzdata',
  'netbase',
  'media-types',
  'mime-support',
  // The links /bin -> usr/bin are its (an empty package).
  'usr-is-merged',
];

/**
 * Dependencies that only a package's installation scripts have. Nothing is installed in a finished runtime, so these
 * edges are not followed: debconf alone would bring perl.
 */
export const INSTALL_TIME_ONLY: ReadonlySet<string> = new Set([
  'adduser',
  'cdebconf',
  'debconf',
  'debconf-2.0',
  'dpkg',
  'init-system-helpers',
  'install-info',
  'lsb-base',
  'passwd',
  'perl-base',
  'sensible-utils',
  'ucf',
  'usrmerge',
]);

/** Of these, what a package is nothing without: /usr/bin/perl is in perl-base, and what depends on `perl` means that. */
export const NEEDED_AFTER_ALL: ReadonlyMap<string, string> = new Map([['perl', 'perl-base']]);
