import { randomBytes } from 'node:crypto';
import { lstat, readdir, readFile, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import rcompare from 'semver/functions/rcompare.js';
import valid from 'semver/functions/valid.js';
import { inject, injectable } from 'tsyringe';
import { runtimeNotFound } from '../errors/errors.js';
import type { InstalledRuntime, RuntimeForJob } from './installed-runtime.js';
import { parseJobManifest, parseManifest } from './parse-manifest.js';
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
    for (const name of await this.names()) runtimes.push(...(await this.readAll(name, await this.versionsOf(name))));
    return runtimes;
  }

  /** Undefined where there is none, or no readable runtime.yml. */
  read(name: string, version: string): Promise<InstalledRuntime | undefined> {
    return this.readAs(parseManifest, name, version);
  }

  /** `NAME` or `NAME@latest` (its highest version), `NAME@VERSION`. Reads no other runtime's files. Throws E_RUNTIME_NOT_FOUND. */
  find(reference: string): Promise<InstalledRuntime> {
    return this.findAs(parseManifest, reference);
  }

  /** The runtime that `find` gives, read no further than a job needs. */
  findForJob(reference: string): Promise<RuntimeForJob> {
    return this.findAs(parseJobManifest, reference);
  }

  /** As `find`, but a `NAME` alone means all its versions. */
  async findAll(reference: string): Promise<readonly [InstalledRuntime, ...InstalledRuntime[]]> {
    if (reference.includes('@')) return [await this.find(reference)];
    const [first, ...rest] = await this.readAll(reference, await this.versionsOf(reference));
    if (first) return [first, ...rest];
    throw await this.notFound(reference);
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

  private async findAs<M>(parse: (text: string) => M | undefined, reference: string): Promise<InstalledWith<M>> {
    const { name, version } = parseReference(reference);
    const versions = await this.versionsOf(name);
    for (const candidate of version === undefined ? versions : versions.filter((one) => one === version)) {
      const runtime = await this.readAs(parse, name, candidate);
      if (runtime) return runtime;
    }
    throw await this.notFound(reference);
  }

  private async readAs<M>(
    parse: (text: string) => M | undefined,
    name: string,
    version: string,
  ): Promise<InstalledWith<M> | undefined> {
    const dir = path.join(this.paths.runtimesOf(name), version);
    const text = await readFile(path.join(dir, 'runtime.yml'), 'utf8').catch(() => undefined);
    const manifest = text === undefined ? undefined : parse(text);
    return manifest === undefined
      ? undefined
      : { name, version, path: dir, rootPath: path.join(dir, 'isolated'), manifest };
  }

  private async names(): Promise<readonly string[]> {
    return (await entriesOf(this.paths.runtimes)).sort();
  }

  /** Highest first. A name that is not a directory's own (`../x`) has none. */
  private async versionsOf(name: string): Promise<readonly string[]> {
    if (!(await this.names()).includes(name)) return [];
    const entries = await entriesOf(this.paths.runtimesOf(name));
    return entries.filter((one) => valid(one)).sort(rcompare);
  }

  private async readAll(name: string, versions: readonly string[]): Promise<readonly InstalledRuntime[]> {
    const runtimes = await Promise.all(versions.map((version) => this.read(name, version)));
    return runtimes.filter((runtime) => runtime !== undefined);
  }

  private async notFound(reference: string): Promise<Error> {
    const { name } = parseReference(reference);
    const all = await this.list();
    const known = all.map((one) => `${one.name}@${one.version}`);
    const isNameKnown = all.some((one) => one.name === name);
    return runtimeNotFound(reference, known, isNameKnown || known.length === 0 ? undefined : closest(reference, known));
  }
}

type InstalledWith<M> = Omit<InstalledRuntime, 'manifest'> & { readonly manifest: M };

/** Without a version: the highest. */
function parseReference(reference: string): { readonly name: string; readonly version: string | undefined } {
  const [name = '', version] = reference.split('@', 2);
  return { name, version: version === 'latest' ? undefined : version };
}

function entriesOf(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
