import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirectory } from '../../../core/build/root-skeleton.js';
import type { BuildServices, DistributionPackage } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed, hostUnfit, networkFailed } from '../../../core/errors/errors.js';
import { JobletError } from '../../../core/errors/joblet-error.js';
import { runTool } from '../../../core/process/run-tool.js';

/** What every request has. */
export interface DnfSettings {
  /** dnf.conf of the host; absent: dnf's own defaults. */
  readonly config?: string;
  /** Directories of `.repo` files. @default dnf's own */
  readonly repositories?: readonly string[];
  /** Of the store; made if they are not there. */
  readonly cache: string;
  /** A root whose database holds the keys of packages. */
  readonly keyring: string;
  readonly release: string;
  /** rpm's name: `x86_64`. */
  readonly architecture: string;
  readonly maxAgeSeconds: number;
  /** Proxies. */
  readonly env: Readonly<Record<string, string>>;
}

export interface WantedPackage {
  readonly name: string;
  /** As exact as `available` has it. */
  readonly version?: string;
}

export type DnfSolution =
  | { readonly packages: readonly DistributionPackage[] }
  | { readonly missing: readonly string[] }
  /** They cannot be installed together, in dnf's words. */
  | { readonly conflict: string };

interface DnfFailure {
  readonly failure: { readonly kind: string; readonly message: string };
}

const PROGRAM = fileURLToPath(new URL('./plan-packages.py', import.meta.url));

/** Versions of each name that the repositories have, newest first. */
export async function dnfAvailable(
  settings: DnfSettings,
  names: readonly string[],
  services: BuildServices,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await ask<{ readonly versions: Readonly<Record<string, readonly string[]>> }>(
    settings,
    { command: 'available', names },
    services,
  );
  return new Map(Object.entries(answer.versions));
}

/** Every name that the repositories have. */
export async function dnfNames(settings: DnfSettings, services: BuildServices): Promise<readonly string[]> {
  return (await ask<{ readonly names: readonly string[] }>(settings, { command: 'names' }, services)).names;
}

/** What would be installed for these names on an empty system. */
export function dnfResolve(
  settings: DnfSettings,
  names: readonly WantedPackage[],
  services: BuildServices,
): Promise<DnfSolution> {
  return ask<DnfSolution>(settings, { command: 'resolve', names }, services);
}

/** Fetches packages and checks their signatures with the keys of their repositories. Hash -> file. */
export async function dnfFetch(
  settings: DnfSettings,
  packages: readonly DistributionPackage[],
  services: BuildServices,
): Promise<ReadonlyMap<string, string>> {
  const answer = await ask<{ readonly files: Readonly<Record<string, string>> }>(
    settings,
    { command: 'fetch', packages },
    services,
  );
  return new Map(Object.entries(answer.files));
}

async function ask<T extends object>(
  { env, ...settings }: DnfSettings,
  request: object,
  services: BuildServices,
): Promise<T> {
  for (const name of ['', 'persist', 'log', 'home']) makeDirectory(path.join(settings.cache, name));
  makeDirectory(settings.keyring);
  const work = mkdtempSync(path.join(settings.cache, 'request-'));
  try {
    writeFileSync(path.join(work, 'request'), JSON.stringify({ ...settings, ...request }));
    const result = await runTool({
      argv: [await pythonOfDnf(), PROGRAM, path.join(work, 'request'), path.join(work, 'answer')],
      env: { ...env, HOME: await rpmHome(settings.cache), PYTHONDONTWRITEBYTECODE: '1' },
      signal: services.signal,
      ownNamespaces: true,
    });
    if (result.status !== 0) throw buildStepFailed("the host's dnf failed", result.tail, { stderrTail: result.tail });
    const answer: T | DnfFailure = JSON.parse(readFileSync(path.join(work, 'answer'), 'utf8'));
    if ('failure' in answer) throw dnfError(answer.failure);
    return answer;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A home of our own: Debian's rpm keeps its database in the caller's, and would make one there. */
export async function rpmHome(cache: string): Promise<string> {
  const home = path.join(cache, 'home');
  makeDirectory(home);
  const own = await runTool({ argv: ['rpm', '--eval', '%_dbpath'], env: { HOME: NOWHERE } });
  const macros = own.stdout.startsWith(NOWHERE) ? '%_dbpath /var/lib/rpm\n' : '';
  writeFileSync(path.join(home, '.rpmmacros'), macros);
  return home;
}

const NOWHERE = '/nonexistent';

/** The interpreter of the host's dnf has its modules; another Python of the host need not. */
async function pythonOfDnf(): Promise<string> {
  for (const program of ['/usr/bin/dnf-3', '/usr/bin/dnf4', '/usr/bin/dnf']) {
    const file = await open(program).catch(() => undefined);
    if (file === undefined) continue;
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
      const interpreter = /^#!\s*(\/\S*python\S*)/.exec(buffer.subarray(0, bytesRead).toString('latin1'))?.[1];
      if (interpreter !== undefined) return interpreter;
    } finally {
      await file.close();
    }
  }
  throw hostUnfit('there is no dnf 4 on this host', 'install it: dnf install python3-dnf');
}

function dnfError({ kind, message }: DnfFailure['failure']): JobletError {
  const line = message.trim().split('\n').slice(0, 3).join('; ');
  if (kind === 'network') {
    return networkFailed(
      `a package repository cannot be reached: ${line}`,
      "check the host's repositories and proxies",
    );
  }
  if (kind === 'no-repositories') return hostUnfit(line, "add one to the host's /etc/yum.repos.d");
  if (kind === 'checksum' || kind === 'signature') return untrusted(line);
  return buildStepFailed(`dnf: ${line}`, 'run again with -v', { output: message });
}

export function untrusted(message: string): JobletError {
  return new JobletError({
    code: 'E_REPOSITORY_UNTRUSTED',
    message,
    hint: 'check the keys of the package sources (gpgkey in /etc/yum.repos.d), or use another mirror',
    exit: 'network',
  });
}
