import { readFile } from 'node:fs/promises';
import { parseOsRelease } from '../../../core/build/os-release.js';
import type { Architecture, PlatformInfo } from '../../../core/contracts/platform-adapter.js';
import { isJobletError } from '../../../core/errors/joblet-error.js';
import { runTool } from '../../../core/process/run-tool.js';
import { findDistribution } from './releases.js';

const architectures: Readonly<Record<string, Architecture>> = { amd64: 'amd64', arm64: 'arm64' };

/** Undefined where there is no apt, or the distribution is not one whose archive we know. */
export async function detect(osReleasePath: string): Promise<PlatformInfo | undefined> {
  const text = await readFile(osReleasePath, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const values = parseOsRelease(text);
  const distribution = distributionOf(values);
  const architecture = architectures[(await print(['dpkg', '--print-architecture']))?.trim() ?? ''];
  if (distribution === undefined || architecture === undefined) return undefined;
  if ((await print(['apt-get', '--version'])) === undefined) return undefined;
  return {
    id: `${distribution.id}-${architecture}`,
    distribution: distribution.id,
    release: distribution.release,
    architecture,
    family: 'apt',
    packageManager: 'apt',
  };
}

/** A derivative that names the Ubuntu release that it is made of is served as that release. */
function distributionOf(values: ReadonlyMap<string, string>): { id: string; release: string } | undefined {
  const id = values.get('ID') ?? '';
  const own = findDistribution(id);
  const ubuntu = values.get('UBUNTU_CODENAME');
  const found = own ?? (ubuntu === undefined ? undefined : findDistribution('ubuntu'));
  const release = (own === undefined ? ubuntu : values.get('VERSION_CODENAME')) ?? found?.releases[0]?.codename;
  return found === undefined || release === undefined ? undefined : { id: found.id, release };
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
