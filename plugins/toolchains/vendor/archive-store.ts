import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BuildServices } from '../../../core/contracts/platform-adapter.js';
import type { ToolchainArchive } from '../../../core/contracts/toolchain-source.js';
import { networkFailed } from '../../../core/errors/errors.js';
import { checksumWrong } from './errors.js';
import { type Fetcher, FetchFailure } from './fetcher.js';
import { checkDetached } from './signature.js';
import { withWorkDirectory } from './site.js';

export interface ArchiveStore {
  readonly fetcher: Fetcher;
  readonly storeRoot: string;
  readonly keyring: string | undefined;
}

/** The archives as files of the store's cache, each by its hash, fetched where they are not there. Throws E_NETWORK, E_CHECKSUM. */
export async function fetchArchives(
  archives: readonly ToolchainArchive[],
  store: ArchiveStore,
  services: BuildServices,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const archive of archives) files.push(await fetchArchive(archive, store, services));
  return files;
}

async function fetchArchive(
  archive: ToolchainArchive,
  { fetcher, storeRoot, keyring }: ArchiveStore,
  services: BuildServices,
): Promise<string> {
  const downloads = path.join(storeRoot, 'cache/downloads');
  const target = path.join(downloads, archive.hash.replace(':', '-'));
  const hasSignature = archive.signatureUrl !== undefined && keyring !== undefined;
  // A cached one was checked by its hash; its signature is checked each time, since the keys may be others now.
  if (!existsSync(target)) {
    await mkdir(downloads, { recursive: true });
    services.progress(`fetching ${path.posix.basename(new URL(archive.url).pathname)}`);
    const scratch = (await services.scratch?.('download')) ?? downloads;
    const part = path.join(scratch, `${path.basename(target)}.part`);
    try {
      await orNetworkError(fetcher.file(archive.url, part, services.signal));
      const [algorithm = 'sha256'] = archive.hash.split(':');
      const found = `${algorithm}:${await hashOf(part, algorithm, services.signal)}`;
      if (found !== archive.hash) throw checksumWrong(archive.url, `is not what its checksum says: it has ${found}`);
      await rename(part, target);
    } finally {
      await rm(part, { force: true });
    }
  }
  if (hasSignature) await checkSignature(archive, target, keyring, fetcher, storeRoot, services);
  return target;
}

async function checkSignature(
  { url, signatureUrl = '' }: ToolchainArchive,
  file: string,
  keyring: string,
  fetcher: Fetcher,
  storeRoot: string,
  services: BuildServices,
): Promise<void> {
  await withWorkDirectory(storeRoot, async (work) => {
    const signature = path.join(work, 'signature');
    // A detached signature may be binary.
    await orNetworkError(fetcher.file(signatureUrl, signature, services.signal));
    const verdict = await checkDetached(keyring, file, signature, work);
    if (verdict !== undefined) throw checksumWrong(url, `is not trusted: ${verdict}`);
  });
}

async function hashOf(file: string, algorithm: string, signal: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex');
}

async function orNetworkError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    throw networkFailed(error.message, 'check the network and toolchains.addresses, then build again', error);
  }
}
