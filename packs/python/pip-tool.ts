import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandRunner } from '../../core/contracts/command-runner.js';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { Bind } from '../../core/contracts/isolator.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory } from '../../core/pack-kit.js';
import type { PipAccess } from './pip-access.js';
import { publish } from './publish.js';
import { script } from './scripts.js';

/**
 * The pip that resolves and unpacks: pip 23.1 and later read a wheel's metadata without fetching the wheel, the pips of
 * most distributions do not. It runs on python 3.9 to 3.14.
 */
const PINNED = {
  version: '25.3',
  sha256: '9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd',
};
const INSIDE = '/tmp/joblet-pip';
const FETCH_PIP = script('fetch-pip.py');
const RUN_PIP = script('run-pip.py');

export interface PipTool {
  /** What to start pip with. */
  readonly command: readonly string[];
  readonly binds: readonly Bind[];
  readonly env: Readonly<Record<string, string>>;
  /** Where the pinned pip is inside the root; undefined for the distribution's own. */
  readonly libraryPath: string | undefined;
  /** Names the way that it unpacks wheels, for cache keys. */
  readonly id: string;
}

/** The pinned pip from the pack's cache, fetched once by the pip of the root; that pip itself where the index has no such. */
export async function findPipTool(
  python: string,
  runner: CommandRunner,
  accesses: readonly PipAccess[],
  services: PackServices,
  ids: IdMap,
): Promise<PipTool> {
  const target = path.join(services.cacheDir, 'tools', `pip-${PINNED.version}-${python}`);
  const notServed = path.join(services.scratchDir, 'no-pinned-pip');
  const found =
    existsSync(target) || (!existsSync(notServed) && (await fetchPip(python, target, runner, accesses, services, ids)));
  if (!found) {
    // One build asks once.
    await writeFile(notServed, '');
    services.log(`pip ${PINNED.version} cannot be had from the index: going on with the distribution's pip`);
    return { command: [python, RUN_PIP.rootPath], binds: [RUN_PIP], env: {}, libraryPath: undefined, id: 'pip' };
  }
  return {
    command: [python, `${INSIDE}/pip`],
    binds: [{ hostPath: target, rootPath: INSIDE }],
    // Its own way of checking certificates fails for an index that is named by an IP address. Ours has the host's
    // authorities from PIP_CERT.
    env: { PIP_USE_DEPRECATED: 'legacy-certs' },
    libraryPath: INSIDE,
    id: `pip-${PINNED.version}`,
  };
}

async function fetchPip(
  python: string,
  target: string,
  runner: CommandRunner,
  accesses: readonly PipAccess[],
  services: PackServices,
  ids: IdMap,
): Promise<boolean> {
  services.progress(`fetching pip ${PINNED.version}`);
  const work = await makePrivateDirectory(services.scratchDir, 'pip-tool', ids);
  await writeFile(path.join(work, 'pip.txt'), `pip==${PINNED.version} --hash=sha256:${PINNED.sha256}\n`, {
    mode: 0o644,
  });
  try {
    for (const access of accesses) {
      const result = await access.run(runner, {
        args: [python, FETCH_PIP.rootPath, '/tmp/joblet-work', RUN_PIP.rootPath],
        binds: [{ hostPath: work, rootPath: '/tmp/joblet-work', writable: true }, FETCH_PIP, RUN_PIP],
      });
      if (result.status === 0) {
        await publish(path.join(work, 'tree'), target);
        return true;
      }
    }
    return false;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
