import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import type { PackageOwnership } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed } from '../../../core/errors/errors.js';
import { BASE_PROGRAMS, RESIDUE } from './base-packages.js';

/** One line a fact, fields separated by tabs: P package, R what it needs and when, V what it provides, F its files. */
const QUERY = [
  'P\\t%{NAME}\\t%{EVR}\\n',
  '[R\\t%{=NAME}\\t%{REQUIRENAME}\\t%{REQUIREFLAGS:deptype}\\n]',
  '[V\\t%{=NAME}\\t%{PROVIDENAME}\\n]',
  '[F\\t%{=NAME}\\t%{FILENAMES}\\n]',
].join('');

/** What only a package's scripts need, or rpm itself. https://rpm-software-management.github.io/rpm/manual/dependencies.html */
const INSTALL_TIME = new Set([
  'pre',
  'post',
  'preun',
  'postun',
  'pretrans',
  'posttrans',
  'interp',
  'verify',
  'rpmlib',
  'config',
]);

/** All roots have a merged /usr; packages of older releases say /bin/x of what lies in /usr/bin. */
const ALIASED = /^\/(bin|sbin|lib|lib64)(?=\/)/;

interface RpmPackage {
  readonly name: string;
  readonly version: string;
  readonly requires: string[];
  readonly provides: string[];
  readonly files: string[];
}

export async function readOwnership(runner: CommandRunner, runtimeNames: readonly string[]): Promise<PackageOwnership> {
  const result = await runner.run({ args: ['rpm', '-qa', '--qf', QUERY], env: { LC_ALL: 'C' }, quiet: true });
  if (result.status !== 0) {
    throw buildStepFailed(
      "the build root's package database cannot be read",
      'a hook must not remove rpm or its database',
      { stderrTail: result.stderrTail, status: result.status },
    );
  }
  const packages = parseRpmDatabase(result.stdout);
  const keep = closure(packages, [...BASE_PROGRAMS, ...runtimeNames]);
  return {
    owned: ownedPaths(packages, keep),
    installed: packages
      .map(({ name, version }) => ({ name, version, keep: keep.has(name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    residue: RESIDUE,
  };
}

export function parseRpmDatabase(text: string): readonly RpmPackage[] {
  const packages = new Map<string, RpmPackage>();
  for (const line of text.split('\n')) {
    const [kind, name = '', value = '', when = ''] = line.split('\t');
    // Keys are in the database too.
    if (name === '' || name === 'gpg-pubkey') continue;
    if (kind === 'P') packages.set(name, { name, version: value, requires: [], provides: [name], files: [] });
    const found = packages.get(name);
    if (kind === 'R' && !when.split(',').every((one) => INSTALL_TIME.has(one))) found?.requires.push(value);
    if (kind === 'V') found?.provides.push(value);
    if (kind === 'F') found?.files.push(value);
  }
  return [...packages.values()];
}

/** Everything installed that the named packages need: packages, what they provide, and files. */
export function closure(packages: readonly RpmPackage[], names: readonly string[]): ReadonlySet<string> {
  const providers = new Map<string, RpmPackage[]>();
  for (const one of packages) {
    for (const provided of [...one.provides, ...one.files.map(merged)]) {
      providers.set(provided, [...(providers.get(provided) ?? []), one]);
    }
  }
  const kept = new Set<string>();
  const find = (wanted: string) => providers.get(wanted.startsWith('/') ? merged(wanted) : wanted) ?? [];
  const queue = names.flatMap(find);
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    if (kept.has(one.name)) continue;
    kept.add(one.name);
    queue.push(...one.requires.flatMap(find));
  }
  return kept;
}

function ownedPaths(packages: readonly RpmPackage[], keep: ReadonlySet<string>): ReadonlyMap<string, 'keep' | 'drop'> {
  const all = new Set(packages.flatMap(({ files }) => files.map(merged)));
  const parents = new Set([...all].map((file) => file.slice(0, file.lastIndexOf('/'))));
  const owned = new Map<string, 'keep' | 'drop'>();
  for (const { name, files } of packages) {
    for (const file of files.map(merged)) {
      // A directory is where something else lies.
      if (parents.has(file)) continue;
      if (keep.has(name)) owned.set(file, 'keep');
      else if (!owned.has(file)) owned.set(file, 'drop');
    }
  }
  return owned;
}

function merged(file: string): string {
  return file.replace(ALIASED, '/usr/$1');
}
