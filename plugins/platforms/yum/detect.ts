import { readFile } from 'node:fs/promises';
import { parseOsRelease } from '../../../core/build/os-release.js';
import type { Architecture, PlatformInfo } from '../../../core/contracts/platform-adapter.js';
import { isJobletError } from '../../../core/errors/joblet-error.js';
import { runTool } from '../../../core/process/run-tool.js';

/** Of os-release's ID; another one that says that it is like RHEL is served as RHEL. */
const DISTRIBUTIONS = new Set(['rhel', 'rocky', 'almalinux', 'centos', 'fedora', 'amzn']);
const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** rpm's name of an architecture. */
export function rpmArchitecture(architecture: Architecture): string {
  return architecture === 'amd64' ? 'x86_64' : 'aarch64';
}

/** Undefined where there is no dnf and rpm, or the distribution is of another family. */
export async function detect(osReleasePath: string): Promise<PlatformInfo | undefined> {
  const text = await readFile(osReleasePath, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const values = parseOsRelease(text);
  const id = values.get('ID') ?? '';
  const like = (values.get('ID_LIKE') ?? '').split(/\s+/);
  const distribution = DISTRIBUTIONS.has(id) ? id : like.includes('rhel') ? 'rhel' : undefined;
  const version = values.get('VERSION_ID');
  if (distribution === undefined || version === undefined) return undefined;
  const architecture = ARCHITECTURES[(await print(['uname', '-m']))?.trim() ?? ''];
  if (architecture === undefined || (await print(['dnf', '--version'])) === undefined) return undefined;
  return {
    id: `${distribution}-${architecture}`,
    distribution,
    release: releasever(distribution, version),
    architecture,
    family: 'yum',
    packageManager: 'yum',
  };
}

/** What the repositories' addresses have for `$releasever`: of RHEL and its like the major version. */
function releasever(distribution: string, version: string): string {
  return distribution === 'fedora' || distribution === 'amzn' ? version : (version.split('.')[0] ?? version);
}

async function print(argv: readonly [string, ...string[]]): Promise<string | undefined> {
  try {
    const result = await runTool({ argv });
    return result.status === 0 ? result.stdout : undefined;
  } catch (error) {
    if (isJobletError(error) && error.code === 'E_HOST_UNFIT') return undefined;
    throw error;
  }
}
