import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, link, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BuildServices, DistributionPackage } from '../../../core/contracts/platform-adapter.js';
import { type DnfSettings, dnfFetch, untrusted } from './dnf.js';

/** Packages by their hash, checked before they come in: what is here is what a plan names. */
export class ArchiveCache {
  constructor(private readonly directory: string) {}

  path({ hash }: DistributionPackage): string {
    return path.join(this.directory, `${hash.replace(':', '-')}.rpm`);
  }

  /** Throws E_NETWORK, E_REPOSITORY_UNTRUSTED. */
  async fetch(settings: DnfSettings, packages: readonly DistributionPackage[], services: BuildServices): Promise<void> {
    const absent = packages.filter((one) => !existsSync(this.path(one)));
    if (absent.length === 0) return;
    services.progress(`fetching ${absent.length === 1 ? '1 package' : `${absent.length} packages`}`);
    await mkdir(this.directory, { recursive: true });
    const files = await dnfFetch(settings, absent, services);
    for (const one of absent) {
      const file = files.get(one.hash);
      if (file === undefined) continue;
      const draft = `${this.path(one)}.${process.pid}`;
      // A local repository's file is used where it lies, and may be changed there.
      await copyFile(file, draft);
      const hash = await hashOf(draft, one.hash.split(':')[0] ?? 'sha256');
      if (hash !== one.hash) throw untrusted(`${one.name} ${one.version} is not what its repository's index says`);
      await rename(draft, this.path(one));
    }
  }

  /** Puts packages into a directory, as NAME.rpm each. Returns the names of the files. */
  async linkInto(packages: readonly DistributionPackage[], directory: string): Promise<readonly string[]> {
    const names: string[] = [];
    for (const one of packages) {
      const name = `${one.name}-${one.version.replace(':', '_')}.${one.architecture}.rpm`;
      const target = path.join(directory, name);
      await link(this.path(one), target).catch(() => copyFile(this.path(one), target));
      names.push(name);
    }
    return names;
  }
}

async function hashOf(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm === 'sha' ? 'sha1' : algorithm);
  await pipeline(createReadStream(file), hash);
  return `${algorithm}:${hash.digest('hex')}`;
}
