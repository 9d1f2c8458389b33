import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { readdir, readFile, readlink, realpath, rename, rm, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import rcompare from 'semver/functions/rcompare.js';
import valid from 'semver/functions/valid.js';
import { inject, injectable } from 'tsyringe';
import { runtimeDamaged, runtimeNotFound } from '../errors/errors.js';
import { discardGeneration, holdGeneration, isGenerationInUse, makeUsersPipe } from './generations.js';
import type { InstalledRuntime, RuntimeForJob, RuntimeLocation, RuntimeUse } from './installed-runtime.js';
import { parseJobManifest, parseManifest } from './parse-manifest.js';
import { makeDirectory, StorePaths } from './store-paths.js';
import type { Workspace } from './workspace.js';

/**
 * The installed runtimes. `runtimes/NAME/VERSION` is a link to a directory beside it, a generation (`.VERSION-ID`), so that a
 * rebuild takes the place of the old one in a single step of the kernel's: there is no moment without a runtime. A generation
 * that is in use when no version names it any more stays until a later sweep; none is ever named again.
 */
@injectable()
export class RuntimeStore {
  constructor(@inject(StorePaths) private readonly paths: StorePaths) {}

  /** All that can be used, by name, highest version first. */
  async list(): Promise<readonly InstalledRuntime[]> {
    const runtimes: InstalledRuntime[] = [];
    for (const name of await this.names()) {
      const all = (await this.locationsOf(name)).map((location) => readAs(parseManifest, location));
      runtimes.push(...(await Promise.all(all)).filter((runtime) => runtime !== undefined));
    }
    return runtimes;
  }

  /** Undefined where there is none, or no readable runtime.yml. */
  read(name: string, version: string): Promise<InstalledRuntime | undefined> {
    return readAs(parseManifest, this.locationOf(name, version));
  }

  /**
   * `NAME` or `NAME@latest` (its highest version that can be used), `NAME@VERSION`. Reads no other runtime's files. Throws
   * E_RUNTIME_NOT_FOUND, E_RUNTIME_DAMAGED.
   */
  find(reference: string): Promise<InstalledRuntime> {
    return this.firstOf(reference, (location) => readAs(parseManifest, location));
  }

  /** The runtime that `find` gives, held. */
  use(reference: string): Promise<RuntimeUse> {
    return this.firstOf(reference, (location) => holdAs(parseManifest, location));
  }

  /** The same, read no further than a job needs. */
  useForJob(reference: string): Promise<RuntimeUse<RuntimeForJob>> {
    return this.firstOf(reference, (location) => holdAs(parseJobManifest, location));
  }

  /** All that a reference can mean, damaged ones too: `NAME` alone means all its versions. Highest first. Throws E_RUNTIME_NOT_FOUND. */
  async match(reference: string): Promise<readonly [RuntimeLocation, ...RuntimeLocation[]]> {
    const [name = '', version] = reference.split('@', 2);
    const all = await this.locationsOf(name);
    const [first, ...rest] =
      version === undefined || version === 'latest' ? all : all.filter((one) => one.version === version);
    if (first) return version === 'latest' ? [first] : [first, ...rest];
    throw await this.notFound(reference, name);
  }

  /** Moves a finished runtime into place. What was there goes to the workspace, and with it, unless it is in use. */
  async publish(name: string, version: string, draft: string, workspace: Workspace): Promise<InstalledRuntime> {
    const home = this.paths.runtimesOf(name);
    const id = randomBytes(4).toString('hex');
    const generation = `.${version}-${id}`;
    const target = path.join(home, version);
    await makeUsersPipe(draft);
    // A sweep in another process must not take it before the version names it.
    const held = holdGeneration(draft);
    try {
      const place = async () => {
        await makeDirectory(home);
        await rename(draft, path.join(home, generation));
      };
      // Once more: that sweep may have taken the empty directory of the name.
      await place().catch(place);
      const old = await readlink(target).catch(() => undefined);
      const link = path.join(workspace.dir, `link-${id}`);
      await symlink(generation, link);
      await rename(link, target);
      if (old !== undefined) await discardGeneration(path.join(home, old), workspace);
    } finally {
      if (held !== undefined) closeSync(held);
    }
    const published = await this.read(name, version);
    if (!published) throw new Error(`${target} is gone just after it was published`);
    return published;
  }

  /** At once for whoever looks for it; its files go with the workspace, unless they are in use. */
  async remove({ name, path: target }: RuntimeLocation, workspace: Workspace): Promise<void> {
    const home = this.paths.runtimesOf(name);
    const generation = await readlink(target).catch(() => undefined);
    if (generation !== undefined) await rm(target);
    await discardGeneration(generation === undefined ? target : path.join(home, generation), workspace);
    // The last version takes the name's own directory along.
    await rmdir(home).catch(() => undefined);
  }

  /** Takes generations that no version names and nobody uses: their last job has ended, or a builder died between two renames. */
  async sweep(workspace: Workspace): Promise<void> {
    for (const name of await this.names()) {
      const home = this.paths.runtimesOf(name);
      const generations = (await entriesOf(home)).filter((entry) => entry.startsWith('.'));
      for (const generation of generations) {
        const version = generation.slice(1, generation.lastIndexOf('-'));
        // In this order: a builder holds its generation until the version names it.
        const isFree = !isGenerationInUse(path.join(home, generation));
        const isNamed = (await readlink(path.join(home, version)).catch(() => undefined)) === generation;
        if (isFree && !isNamed) await discardGeneration(path.join(home, generation), workspace);
      }
      if (generations.length > 0) await rmdir(home).catch(() => undefined);
    }
  }

  private async firstOf<T>(reference: string, open: (location: RuntimeLocation) => Promise<T | undefined>): Promise<T> {
    const [name = '', version] = reference.split('@', 2);
    const found = version === 'latest' ? await this.match(name) : await this.match(reference);
    for (const location of found) {
      const opened = await open(location);
      if (opened !== undefined) return opened;
    }
    throw runtimeDamaged(found[0]);
  }

  private async names(): Promise<readonly string[]> {
    return (await entriesOf(this.paths.runtimes)).sort();
  }

  /** Highest first. A name that is not a directory's own (`../x`) has none. */
  private async locationsOf(name: string): Promise<readonly RuntimeLocation[]> {
    if (!(await this.names()).includes(name)) return [];
    const entries = await entriesOf(this.paths.runtimesOf(name));
    const versions = entries.filter((one) => valid(one)).sort(rcompare);
    return versions.map((version) => this.locationOf(name, version));
  }

  private locationOf(name: string, version: string): RuntimeLocation {
    return { name, version, path: path.join(this.paths.runtimesOf(name), version) };
  }

  private async notFound(reference: string, name: string): Promise<Error> {
    const all = await this.list();
    const known = all.map((one) => `${one.name}@${one.version}`);
    const isNameKnown = all.some((one) => one.name === name);
    return runtimeNotFound(reference, known, isNameKnown || known.length === 0 ? undefined : closest(reference, known));
  }
}

type Parse<M> = (text: string) => M | undefined;
type InstalledWith<M> = Omit<InstalledRuntime, 'manifest'> & { readonly manifest: M };

async function readAs<M>(parse: Parse<M>, location: RuntimeLocation): Promise<InstalledWith<M> | undefined> {
  const text = await readFile(path.join(location.path, 'runtime.yml'), 'utf8').catch(() => undefined);
  const manifest = text === undefined ? undefined : parse(text);
  return manifest === undefined ? undefined : { ...location, rootPath: path.join(location.path, 'isolated'), manifest };
}

/** Whoever deletes a generation looks for users after no version names it: one that is still named when it is held is safe. */
async function holdAs<M>(
  parse: Parse<M>,
  location: RuntimeLocation,
): Promise<RuntimeUse<InstalledWith<M>> | undefined> {
  for (;;) {
    const generation = await generationOf(location);
    if (generation === undefined) return undefined;
    const descriptor = holdGeneration(generation);
    let held = descriptor !== undefined;
    const release = () => {
      if (held && descriptor !== undefined) closeSync(descriptor);
      held = false;
    };
    const runtime = await readAs(parse, location);
    const isStillNamed = (await generationOf(location)) === generation;
    if (isStillNamed && runtime)
      return { runtime: { ...runtime, rootPath: path.join(generation, 'isolated') }, descriptor, release };
    release();
    if (isStillNamed) return undefined;
  }
}

function generationOf(location: RuntimeLocation): Promise<string | undefined> {
  return realpath(location.path).catch(() => undefined);
}

function entriesOf(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
