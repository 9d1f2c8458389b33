import { randomBytes } from 'node:crypto';
import { lstat, readdir, readFile, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import { rcompare, valid } from 'semver';
import { inject, injectable } from 'tsyringe';
import { parse } from 'yaml';
import { runtimeNotFound } from '../errors/errors.js';
import type { InstalledRuntime } from './installed-runtime.js';
import type { RuntimeManifest } from './runtime-manifest.js';
import { makeDirectory, StorePaths } from './store-paths.js';
import type { Workspace } from './workspace.js';

/**
 * The installed runtimes. `runtimes/NAME/VERSION` is a link to a directory beside it (`.VERSION-ID`), so that a rebuild takes the
 * place of the old one in a single step of the kernel's: there is no moment without a runtime.
 */
@injectable()
export class RuntimeStore {
  constructor(@inject(StorePaths) private readonly paths: StorePaths) {}

  /** All, by name, highest version first. */
  async list(): Promise<readonly InstalledRuntime[]> {
    const runtimes: InstalledRuntime[] = [];
    for (const name of (await entriesOf(this.paths.runtimes)).sort()) {
      const versions = await entriesOf(this.paths.runtimesOf(name));
      for (const version of versions.filter((one) => valid(one)).sort(rcompare)) {
        const runtime = await this.read(name, version);
        if (runtime) runtimes.push(runtime);
      }
    }
    return runtimes;
  }

  /** Undefined where there is none, or no readable runtime.yml. */
  async read(name: string, version: string): Promise<InstalledRuntime | undefined> {
    const dir = path.join(this.paths.runtimesOf(name), version);
    const text = await readFile(path.join(dir, 'runtime.yml'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const manifest = parseManifest(text);
    if (manifest === undefined) return undefined;
    return { name, version, path: dir, rootPath: path.join(dir, 'isolated'), manifest };
  }

  /** `NAME`, `NAME@VERSION`, `NAME@latest`; of several the highest first. Throws E_RUNTIME_NOT_FOUND. */
  async match(reference: string): Promise<readonly [InstalledRuntime, ...InstalledRuntime[]]> {
    const [name = '', version] = reference.split('@', 2);
    const all = await this.list();
    const named = all.filter((one) => one.name === name);
    const [first, ...rest] =
      version === undefined || version === 'latest' ? named : named.filter((one) => one.version === version);
    if (first) return version === 'latest' ? [first] : [first, ...rest];
    const known = all.map((one) => `${one.name}@${one.version}`);
    throw runtimeNotFound(
      reference,
      known,
      known.length > 0 && named.length === 0 ? closest(reference, known) : undefined,
    );
  }

  /** Moves a finished runtime into place. What was there goes to the workspace, and with it. */
  async publish(name: string, version: string, draft: string, workspace: Workspace): Promise<InstalledRuntime> {
    const home = this.paths.runtimesOf(name);
    await makeDirectory(home);
    const id = randomBytes(4).toString('hex');
    const generation = `.${version}-${id}`;
    const target = path.join(home, version);
    const old = await readlink(target).catch(() => undefined);
    const link = path.join(workspace.dir, `link-${id}`);
    await symlink(generation, link);
    await rename(draft, path.join(home, generation));
    await rename(link, target);
    if (old !== undefined)
      await rename(path.join(home, old), path.join(workspace.dir, `old-${id}`)).catch(() => undefined);
    const published = await this.read(name, version);
    if (!published) throw new Error(`${target} is gone just after it was published`);
    return published;
  }

  async remove(runtime: InstalledRuntime, workspace: Workspace): Promise<void> {
    const home = this.paths.runtimesOf(runtime.name);
    const target = path.join(home, runtime.version);
    const generation = (await lstat(target)).isSymbolicLink() ? await readlink(target) : runtime.version;
    if (generation !== runtime.version) await rm(target);
    await rename(path.join(home, generation), path.join(workspace.dir, `removed-${generation}`));
    // The last version takes the name's own directory along.
    await rmdir(home).catch(() => undefined);
  }

  /** Generations that no version names: a builder died between two renames. The caller holds the runtime's lock. */
  async sweep(name: string): Promise<void> {
    const home = this.paths.runtimesOf(name);
    const entries = await entriesOf(home);
    const links = await Promise.all(entries.map((entry) => readlink(path.join(home, entry)).catch(() => undefined)));
    for (const entry of entries) {
      if (entry.startsWith('.') && !links.includes(entry))
        await rm(path.join(home, entry), { recursive: true, force: true });
    }
  }
}

/** A file that a full disk or an editor has cut must not take the other runtimes out of a list. */
function parseManifest(text: string): RuntimeManifest | undefined {
  try {
    const manifest: RuntimeManifest | null = parse(text);
    return manifest?.build_info === undefined ? undefined : manifest;
  } catch {
    return undefined;
  }
}

function entriesOf(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
