import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BuildServices } from '../../../core/contracts/platform-adapter.js';
import { hostUnfit } from '../../../core/errors/errors.js';
import type { AptIndex } from './apt-index.js';
import type { ArchiveCache } from './archive-cache.js';
import type { Distribution } from './releases.js';
import { solve } from './solve.js';
import { unpackArchives } from './tool-root.js';

export interface KeyringRequest {
  /** Whose keys. */
  readonly distribution: Distribution;
  /** A file that the configuration names. */
  readonly configured?: string;
  /** Where a keyring is kept once it was fetched. */
  readonly directory: string;
  readonly archives: ArchiveCache;
  /** The indexes of the host's own distribution, in order, each opened when it is asked for. */
  readonly ownIndexes: AsyncIterable<AptIndex>;
  readonly services: BuildServices;
}

/**
 * The keys of another distribution's archive: the configured file, or what the host has installed, or what the host's own
 * distribution packages, taken from the archive that the host trusts. Throws E_HOST_UNFIT where none of these has them.
 */
export async function foreignKeyring(request: KeyringRequest): Promise<string> {
  const { keys, id } = request.distribution;
  if (request.configured !== undefined) {
    if (existsSync(request.configured)) return request.configured;
    throw hostUnfit(`${request.configured} is not there`, `toolchains.keyrings.${id} of the configuration names it`);
  }
  const kept = join(request.directory, basename(keys.path));
  const found = [keys.path, kept].find((path) => existsSync(path));
  if (found !== undefined) return found;
  for await (const index of request.ownIndexes) {
    const solution = await solve(index, [keys.packageName], { essential: false, signal: request.services.signal });
    if (solution.kind !== 'solved') continue;
    // With what it depends on: where the package was renamed, its old name is empty.
    const { archives } = solution;
    await request.archives.fetch(index, archives, request.services);
    await mkdir(request.directory, { recursive: true });
    const unpacked = await mkdtemp(join(request.directory, 'unpacked-'));
    try {
      const packages = archives.map((one) => one.package);
      await unpackArchives(packages, (p) => request.archives.path(p), unpacked, request.services);
      const file = join(unpacked, 'keyring');
      await copyFile(join(unpacked, keys.path), file);
      await chmod(file, 0o644);
      await rename(file, kept);
    } finally {
      await rm(unpacked, { recursive: true, force: true });
    }
    return kept;
  }
  throw hostUnfit(
    `the keys of ${id}'s archive are not on this host`,
    `install ${keys.packageName}, or name them in toolchains.keyrings.${id} of the configuration`,
  );
}
