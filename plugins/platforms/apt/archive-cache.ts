import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeDirectory } from '../../../core/build/root-skeleton.js';
import type { BuildServices, DistributionPackage } from '../../../core/contracts/platform-adapter.js';
import { runTool } from '../../../core/process/run-tool.js';
import { aptFailure } from './apt-errors.js';
import type { AptIndex } from './apt-index.js';
import { runTogether } from './run-together.js';
import { type Archive, archiveFileName } from './solve.js';

/** apt opens one connection to a host; several of it at once use what a mirror gives. */
const CONNECTIONS = 4;

/** `.deb` files by their hash. A file is moved in only after apt has found it to be what the signed index says. */
export class ArchiveCache {
  readonly #directory: string;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  path(p: DistributionPackage): string {
    return join(this.#directory, `${p.hash.replace('sha256:', '')}.deb`);
  }

  /** Fetches what is not there. What another call is fetching is waited for; if that call fails, it is fetched here. */
  async fetch(index: AptIndex, archives: readonly Archive[], services: BuildServices): Promise<void> {
    makeDirectory(this.#directory);
    const once = [...new Map(archives.map((a) => [a.package.hash, a])).values()];
    const theirs = once.filter((a) => this.#underWay.has(a.package.hash));
    const ours = once.filter((a) => !this.#underWay.has(a.package.hash));
    const work = this.#fetchMissing(index, ours, services);
    for (const archive of ours) this.#underWay.set(archive.package.hash, work);
    const waiting = Promise.allSettled(theirs.map((a) => this.#underWay.get(a.package.hash)));
    try {
      await work;
    } finally {
      for (const archive of ours) this.#underWay.delete(archive.package.hash);
    }
    const outcomes = await waiting;
    const failed = theirs.filter((_, at) => outcomes[at]?.status === 'rejected');
    if (failed.length > 0) await this.fetch(index, failed, services);
  }

  /** Hard links under the names that apt and dpkg expect; a copy where the file systems differ. */
  async linkInto(packages: readonly DistributionPackage[], directory: string): Promise<void> {
    for (const p of packages) {
      const target = join(directory, archiveFileName(p));
      await link(this.path(p), target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EXDEV' && error.code !== 'EMLINK') throw error;
        return copyFile(this.path(p), target);
      });
    }
  }

  async #fetchMissing(index: AptIndex, archives: readonly Archive[], services: BuildServices): Promise<void> {
    const present = await Promise.all(archives.map((archive) => this.#isIntact(archive.package)));
    const missing = archives.filter((_, at) => present[at] !== true);
    if (missing.length === 0) return;
    const bytes = missing.reduce((sum, a) => sum + a.package.sizeBytes, 0);
    services.progress(`fetching ${missing.length} packages, ${(bytes / 1e6).toFixed(1)} MB`);
    const partial = join(this.#directory, `partial-${randomBytes(6).toString('hex')}`);
    await mkdir(partial);
    try {
      const tasks = shares(missing).map(
        (share) => (signal: AbortSignal) => this.#download(index, share, partial, { ...services, signal }),
      );
      await runTogether(services.signal, tasks);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }

  async #download(
    index: AptIndex,
    archives: readonly Archive[],
    partial: string,
    services: BuildServices,
  ): Promise<void> {
    const files = archives.flatMap((archive) => [
      archive.uri.replace(/^file:/, 'copy:'),
      join(partial, archiveFileName(archive.package)),
      archive.package.hash.replace('sha256:', 'SHA256:'),
    ]);
    const result = await runTool({
      argv: ['/usr/lib/apt/apt-helper', '-q', 'download-file', ...files],
      env: index.env,
      signal: services.signal,
      onLine: (line) => services.log(line),
    });
    if (result.status !== 0) throw aptFailure(`fetching packages of ${index.release}`, result.output, this.#directory);
    for (const archive of archives) {
      // apt leaves some files readable for root alone; roots read them as another user.
      await chmod(join(partial, archiveFileName(archive.package)), 0o644);
      await rename(join(partial, archiveFileName(archive.package)), this.path(archive.package));
    }
  }

  async #isIntact(p: DistributionPackage): Promise<boolean> {
    const hash = createHash('sha256');
    try {
      await pipeline(createReadStream(this.path(p)), hash);
    } catch {
      return false;
    }
    return `sha256:${hash.digest('hex')}` === p.hash;
  }
}

/** The largest first, each to the share that has least. */
function shares(archives: readonly Archive[]): readonly (readonly Archive[])[] {
  const result = Array.from({ length: Math.min(CONNECTIONS, archives.length) }, () => ({
    bytes: 0,
    list: [] as Archive[],
  }));
  for (const archive of [...archives].sort((a, b) => b.package.sizeBytes - a.package.sizeBytes)) {
    const least = result.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    least.bytes += archive.package.sizeBytes;
    least.list.push(archive);
  }
  return result.map((share) => share.list);
}
