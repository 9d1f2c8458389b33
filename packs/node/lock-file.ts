import type { LanguagePackage } from '../../core/contracts/language-pack.js';

/** What a lock file (version 2 or 3) says of one package. */
interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly name?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly hasInstallScript?: boolean;
}

export interface LockFile {
  readonly packages: readonly LanguagePackage[];
  /** Their directories, below that of the lock file. */
  readonly directories: readonly string[];
  /** Whether anything has to be run, and may have to be compiled, to install it: as far as the registry says. */
  readonly runsScripts: boolean;
}

const CPU: Readonly<Record<string, string>> = { amd64: 'x64', arm64: 'arm64' };

/** Reads `package-lock.json`, or the one that npm leaves in node_modules. Optional packages of other platforms are left out. */
export function readLockFile(text: string, architecture: string): LockFile {
  const { packages = {} } = JSON.parse(text) as { readonly packages?: Readonly<Record<string, LockEntry>> };
  const entries = Object.entries(packages).filter(([key, { link }]) => key.includes('node_modules/') && link !== true);
  const here = entries.filter(
    ([, { os, cpu, libc }]) =>
      allows(os, 'linux') && allows(cpu, CPU[architecture] ?? architecture) && allows(libc, 'glibc'),
  );
  const found = new Map(here.map(([key, entry]) => described(key, entry)).map((one) => [one.label, one]));
  const sorted = [...found.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
  return {
    packages: sorted,
    directories: here.map(([key]) => key),
    runsScripts: here.some(([, { hasInstallScript }]) => hasInstallScript === true),
  };
}

function described(key: string, { name, version = '', integrity }: LockEntry): LanguagePackage {
  const own = name ?? key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const hash = hashOf(integrity);
  return { name: own, version, label: `${own}@${version}`, ...(hash === undefined ? {} : { hash }) };
}

/** Subresource integrity: `sha512-BASE64`, of several the last, which npm has as the strongest. */
function hashOf(integrity: string | undefined): string | undefined {
  const [, algorithm, digest] = /^(sha\d+)-(\S+)$/.exec(integrity?.trim().split(/\s+/).at(-1) ?? '') ?? [];
  return algorithm === undefined || digest === undefined
    ? undefined
    : `${algorithm}:${Buffer.from(digest, 'base64').toString('hex')}`;
}

/** `os` and `cpu` of package.json: names, or names that are excluded. */
function allows(list: readonly string[] | undefined, own: string): boolean {
  if (list === undefined || list.length === 0) return true;
  if (list.includes(`!${own}`)) return false;
  const wanted = list.filter((one) => !one.startsWith('!'));
  return wanted.length === 0 || wanted.includes(own) || wanted.includes('any');
}
