// The options of `pip install`, of pip 22 to 26 (Debian's oldest to the newest). An option that is in neither table is unknown.

export interface AllowedOption {
  readonly names: readonly string[];
  /** Absent: a flag. */
  readonly value?: 'url' | 'host' | 'number' | 'text' | readonly string[];
}

export interface RefusedOption {
  readonly names: readonly string[];
  readonly takesValue: boolean;
  /** A clause. */
  readonly reason: string;
}

const flags = (...names: string[]): AllowedOption[] => names.map((name) => ({ names: [name] }));

export const ALLOWED_OPTIONS: readonly AllowedOption[] = [
  { names: ['--index-url', '-i', '--pypi-url'], value: 'url' },
  { names: ['--extra-index-url'], value: 'url' },
  { names: ['--find-links', '-f'], value: 'url' },
  { names: ['--constraint', '-c'], value: 'url' },
  { names: ['--build-constraint'], value: 'url' },
  { names: ['--proxy'], value: 'url' },
  { names: ['--trusted-host'], value: 'host' },
  { names: ['--timeout', '--default-timeout'], value: 'number' },
  { names: ['--retries'], value: 'number' },
  { names: ['--resume-retries'], value: 'number' },
  { names: ['--no-binary'], value: 'text' },
  { names: ['--only-binary'], value: 'text' },
  { names: ['--all-releases'], value: 'text' },
  { names: ['--only-final'], value: 'text' },
  { names: ['--refresh-package'], value: 'text' },
  { names: ['--uploaded-prior-to'], value: 'text' },
  { names: ['--config-settings', '-C', '--config-setting'], value: 'text' },
  { names: ['--global-option'], value: 'text' },
  { names: ['--use-feature'], value: 'text' },
  { names: ['--use-deprecated'], value: 'text' },
  { names: ['--upgrade-strategy'], value: ['only-if-needed', 'eager'] },
  { names: ['--progress-bar'], value: ['auto', 'on', 'off', 'raw', 'ascii', 'pretty', 'emoji'] },
  { names: ['--root-user-action'], value: ['warn', 'ignore'] },
  { names: ['--exists-action'], value: ['s', 'i', 'w', 'b', 'a'] },
  { names: ['--no-deps', '--no-dependencies'] },
  { names: ['--only-deps', '--only-dependencies'] },
  { names: ['--upgrade', '-U'] },
  { names: ['--ignore-installed', '-I'] },
  { names: ['--verbose', '-v'] },
  { names: ['--quiet', '-q'] },
  ...flags('--pre', '--no-index', '--prefer-binary', '--force-reinstall', '--ignore-requires-python'),
  ...flags('--no-build-isolation', '--use-pep517', '--no-use-pep517', '--check-build-dependencies'),
  ...flags('--break-system-packages', '--compile', '--no-compile', '--no-warn-script-location', '--no-warn-conflicts'),
  ...flags('--no-clean', '--debug', '--no-input', '--no-cache-dir', '--no-color', '--no-proxy-env'),
  ...flags('--disable-pip-version-check', '--no-python-version-warning'),
];

const refuse = (reason: string, takesValue: boolean, ...options: (readonly string[])[]): RefusedOption[] =>
  options.map((names) => ({ names, takesValue, reason }));

export const REFUSED_OPTIONS: readonly RefusedOption[] = [
  ...refuse(
    'joblet decides where packages are installed',
    true,
    ['--target', '-t'],
    ['--prefix'],
    ['--root'],
    ['--src', '--source', '--source-dir', '--source-directory'],
    ['--install-option'],
  ),
  ...refuse('joblet decides where packages are installed', false, ['--user'], ['--no-user']),
  ...refuse(
    'packages belong in the list pip',
    true,
    ['--requirement', '-r'],
    ['--editable', '-e'],
    ['--group'],
    ['--requirements-from-script'],
  ),
  ...refuse('packages are chosen for the Python of this runtime', true, ['--python'], ['--python-version']),
  ...refuse(
    'packages are chosen for the Python of this runtime',
    true,
    ['--platform'],
    ['--implementation'],
    ['--abi'],
  ),
  ...refuse('it names a file of this machine, which a build does not see', true, ['--report']),
  ...refuse('it names a file of this machine, which a build does not see', true, [
    '--log',
    '--log-file',
    '--local-log',
  ]),
  ...refuse('joblet keeps its own cache of packages', true, ['--cache-dir']),
  ...refuse('a build trusts the certificate authorities of this machine', true, ['--cert']),
  ...refuse(
    'a build takes credentials from the environment or a netrc file',
    true,
    ['--client-cert'],
    ['--keyring-provider'],
  ),
  ...refuse('the packages would not be installed', false, ['--dry-run'], ['--help', '-h'], ['--version', '-V']),
  ...refuse('a build is not a virtual environment', false, ['--require-virtualenv', '--require-venv']),
  ...refuse("it would hide this machine's index, proxy and certificates from pip", false, ['--isolated']),
  ...refuse(
    'entries of pip carry no hashes; the plan of a build records them',
    false,
    ['--require-hashes'],
    ['--no-require-hashes'],
  ),
];
