/** Without these there is no root. `rpm` installs what comes later. */
export const ESSENTIAL: readonly string[] = ['bash', 'rpm'];

/**
 * What a build root has beside them, as far as the repositories have it: what a hook calls, and what `BASE_PROGRAMS` names. Of
 * `coreutils` and `coreutils-single`, which exclude each other, the whole one.
 */
export const BASE: readonly string[] = [
  'filesystem',
  'setup',
  'system-release',
  'glibc',
  'glibc-common',
  'glibc-minimal-langpack',
  'libstdc++',
  'coreutils',
  'dnf',
  'yum',
  'diffutils',
  'findutils',
  'gawk',
  'grep',
  'gzip',
  'hostname',
  'procps-ng',
  'sed',
  'shadow-utils',
  'tar',
  'util-linux',
  'which',
  'ca-certificates',
  'openssl',
  'tzdata',
];

/** What every runtime keeps, whatever its language, with what each depends on. */
export const BASE_PROGRAMS: readonly string[] = [
  ...['filesystem', 'setup', 'basesystem', 'system-release', 'bash', 'glibc', 'glibc-common', 'glibc-minimal-langpack'],
  ...[
    'libgcc',
    'libstdc++',
    'coreutils',
    'coreutils-single',
    'diffutils',
    'findutils',
    'gawk',
    'grep',
    'gzip',
    'hostname',
  ],
  ...[
    'procps-ng',
    'sed',
    'tar',
    'util-linux',
    'util-linux-core',
    'which',
    'ncurses-base',
    'ca-certificates',
    'openssl',
    'tzdata',
  ],
];

/** Globs of what never belongs in a runtime: the package manager's state, caches, logs, documents. */
export const RESIDUE: readonly string[] = [
  '/etc/dnf/**',
  '/etc/yum/**',
  '/etc/yum.conf',
  '/etc/yum.repos.d/**',
  '/etc/pki/rpm-gpg/**',
  '/etc/rpm/**',
  '/etc/logrotate.d/**',
  '/etc/systemd/**',
  '/etc/sysconfig/**',
  '/etc/{passwd,group,shadow,gshadow,subuid,subgid}-',
  '/etc/.pwd.lock',
  '/etc/fstab',
  '/**/*.{rpmsave,rpmnew,rpmorig}',
  '/usr/lib/sysimage/**',
  '/usr/lib/systemd/**',
  '/usr/lib/tmpfiles.d/**',
  '/usr/lib/sysusers.d/**',
  '/usr/lib/udev/**',
  '/usr/lib/.build-id/**',
  '/usr/share/bash-completion/**',
  '/usr/share/doc/**',
  '/usr/share/info/**',
  '/usr/share/licenses/**',
  '/usr/share/locale/**',
  '/usr/share/man/**',
  '/usr/share/zsh/**',
  '/var/cache/**',
  '/var/lib/dnf/**',
  '/var/lib/rpm/**',
  '/var/lib/systemd/**',
  '/var/lib/yum/**',
  '/var/log/**',
];
