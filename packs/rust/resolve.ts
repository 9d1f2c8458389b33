import type { CommandRunner, RootCommandResult } from '../../core/contracts/command-runner.js';
import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { cargoError } from './cargo-failure.js';
import { type CargoSession, PROJECT, withCargoSession } from './cargo-session.js';
import { storeCrates } from './crate-cache.js';
import { cratesOf, entriesOf, pathOf } from './crate-spec.js';
import { cargoFailed, rustTooOld } from './errors.js';
import { cratesOfLock, dependenciesOf, lockFor } from './lock-file.js';
import { manifestOf, PACKAGE } from './manifest.js';
import { type CrateFacts, CrateGraph, hasLibrary, isNewer, programsOf } from './metadata.js';
import {
  type CratePlan,
  fileName,
  type LibraryCrate,
  type LockedCrate,
  type ProgramCrate,
  packagesOf,
  planData,
} from './plan-data.js';
import type { RustHost } from './rust-host.js';
import { buildTools } from './versions.js';

/** Entries of `cargo` to exact releases, before anything is built. Deferred where only the build root can tell. */
export async function planCrates(request: PackRequest, services: PackServices, own: RustHost): Promise<PackPlan> {
  if (entriesOf(request).length === 0) return { packages: [], extraBuild: [], data: null };
  if (services.tools === undefined) {
    return {
      packages: [],
      extraBuild: buildTools(services.platform.family),
      deferred: 'a pre-install hook may change where rust comes from',
      data: null,
    };
  }
  const plan = await resolveCrates(request, services.tools, services, own);
  const compilesC = plan.programs.some(({ crates }) => crates.some(({ name }) => BUILDS_MORE.test(name)));
  return {
    packages: packagesOf(plan),
    extraBuild: compilesC ? buildTools(services.platform.family) : [],
    data: planData(plan),
  };
}

/** Crates that look for libraries of C, or build them. */
const BUILDS_MORE = /-sys$|^(?:cmake|pkg-config|vcpkg)$/;

const TARGETS: Readonly<Record<string, string>> = {
  amd64: 'x86_64-unknown-linux-gnu',
  arm64: 'aarch64-unknown-linux-gnu',
};

/** Lets cargo, in the root behind `runner`, resolve and fetch, and puts the sources of all crates into the cache. */
export async function resolveCrates(
  request: PackRequest,
  runner: CommandRunner,
  services: PackServices,
  own: RustHost,
): Promise<CratePlan> {
  const count = cratesOf(request).length;
  services.progress(`resolving ${count === 1 ? '1 crate' : `${count} crates`}`);
  return await withCargoSession(runner, services, own, async (session) => {
    const resolver = new Resolver(request, session, services);
    const plan = await resolver.run();
    services.progress('fetching the sources of crates');
    await resolver.vendor(plan);
    await storeCrates(plan, session.dir, services, own.ids);
    return plan;
  });
}

/** One resolution, over three kinds of projects: all that is named, the libraries of it, and each program with its own lock file. */
class Resolver {
  constructor(
    private readonly request: PackRequest,
    private readonly session: CargoSession,
    private readonly services: PackServices,
  ) {}

  async run(): Promise<CratePlan> {
    const { request, session } = this;
    await this.#write('named', manifestOf(cratesOf(request), request.version));
    const graph = await this.#graph('named');
    const lock = session.read('named/Cargo.lock');
    const locked = cratesOfLock(lock);
    const named: { readonly crate: LockedCrate; readonly facts: CrateFacts }[] = [];
    for (const [name, version] of dependenciesOf(lock, PACKAGE)) {
      const crate = locked.find((one) => one.name === name && one.version === version);
      if (crate === undefined) continue;
      // What has no library is nobody's dependency.
      const facts = graph.find(name, version) ?? (await this.#program(crate)).root;
      if (facts !== undefined) named.push({ crate, facts });
    }
    for (const { facts } of named) {
      if (hasLibrary(facts) || programsOf(facts).length > 0) continue;
      throw cargoFailed(
        `${facts.name} ${facts.version} has neither a library nor a program`,
        'take it off the list, or name another release of it',
        { path: pathOf(request, facts.name) },
      );
    }
    const libraries = named.filter(({ facts }) => hasLibrary(facts));
    for (const { facts } of libraries) this.#refuseNewer(graph.neededBy(facts.id), facts);
    const programs: ProgramCrate[] = [];
    for (const { facts, crate } of named) {
      if (programsOf(facts).length > 0) programs.push(await this.#lockProgram(crate));
    }
    return { libraries: await this.#lockLibraries(libraries.map(({ facts }) => facts)), programs };
  }

  /** All their sources into the directory `vendor` of the session. */
  async vendor({ programs }: CratePlan): Promise<void> {
    const others = ['libraries', ...programs.map(projectOf)];
    await this.#cargo([
      ...[
        'vendor',
        '--versioned-dirs',
        '--respect-source-config',
        '--locked',
        '--manifest-path',
        manifestPath('named'),
      ],
      ...others.flatMap((project) => ['--sync', manifestPath(project)]),
      `${PROJECT}/vendor`,
    ]);
  }

  /** With all features, so that what a Cargo.toml asks of them is there; where they cannot be had together, with the default ones. */
  async #lockLibraries(libraries: readonly CrateFacts[]): Promise<readonly LibraryCrate[]> {
    const exact = libraries.map(({ name, version }) => ({ name, requirement: `=${version}` }));
    const featured = libraries.map(({ name, version, features }) => ({
      name,
      requirement: `=${version}`,
      features: Object.keys(features).filter((feature) => feature !== 'default'),
    }));
    await this.#write('libraries', manifestOf(featured, this.request.version));
    const all = await this.#metadata('libraries');
    let graph: CrateGraph;
    if (all.status === 0) graph = new CrateGraph(all.stdout);
    else {
      this.services.warn(
        'not all features of the crates can be had together: what is there is for their default features',
      );
      await this.#write('libraries', manifestOf(exact, this.request.version));
      graph = await this.#graph('libraries');
    }
    return cratesOfLock(this.session.read('libraries/Cargo.lock')).map((crate) =>
      graph.find(crate.name, crate.version) === undefined ? { ...crate, elsewhere: true } : crate,
    );
  }

  /** As `cargo install --locked` does: with the lock file that the crate was published with, or one made now. */
  async #lockProgram(crate: LockedCrate): Promise<ProgramCrate> {
    const graph = await this.#program(crate);
    this.#refuseNewer(graph.neededBy(), crate);
    const lock = this.session.read(`${projectOf(crate)}/Cargo.lock`);
    return { ...crate, lock: lockFor(lock, this.request.version), crates: [crate, ...cratesOfLock(lock)] };
  }

  /** Its sources as a project of their own. */
  async #program(crate: LockedCrate): Promise<CrateGraph> {
    const { session } = this;
    const project = projectOf(crate);
    if (!session.has(project)) {
      const from = session.unpacked(fileName(crate)) ?? (await this.#fetch(crate));
      await session.write('programs/.joblet', '');
      await this.#must(session.copy(from, `${PROJECT}/${project}`));
    }
    return await this.#graph(project, session.has(`${project}/Cargo.lock`) ? ['--locked'] : []);
  }

  async #fetch(crate: LockedCrate): Promise<string> {
    await this.#cargo(['fetch', '--locked', '--manifest-path', manifestPath('named')]);
    const found = this.session.unpacked(fileName(crate));
    if (found !== undefined) return found;
    throw cargoFailed(`cargo has fetched no ${fileName(crate)}`, 'run with -v for all that it says');
  }

  #refuseNewer(needed: readonly CrateFacts[], by: Pick<LockedCrate, 'name' | 'version'>): void {
    const { version } = this.request;
    if (version === undefined) return;
    const newer = needed.find(({ rust_version }) => rust_version && isNewer(rust_version, version));
    if (newer !== undefined) throw rustTooOld(newer, by, version, pathOf(this.request, by.name));
  }

  async #write(project: string, manifest: string): Promise<void> {
    await this.session.write(`${project}/src/lib.rs`, '');
    await this.session.write(`${project}/Cargo.toml`, manifest);
  }

  async #graph(project: string, more: readonly string[] = []): Promise<CrateGraph> {
    return new CrateGraph((await this.#must(this.#metadata(project, more))).stdout);
  }

  #metadata(project: string, more: readonly string[] = []): Promise<RootCommandResult> {
    const target = TARGETS[this.services.platform.architecture];
    return this.session.cargo(
      [
        ...['metadata', '--format-version', '1', '--manifest-path', manifestPath(project), ...more],
        ...(target === undefined ? [] : ['--filter-platform', target]),
      ],
      { quiet: true },
    );
  }

  async #cargo(args: readonly string[]): Promise<void> {
    await this.#must(this.session.cargo(args, { quiet: true }));
  }

  async #must(running: Promise<RootCommandResult>): Promise<RootCommandResult> {
    const result = await running;
    if (result.status !== 0) throw cargoError(result, this.request);
    return result;
  }
}

function projectOf(crate: LockedCrate): string {
  return `programs/${fileName(crate)}`;
}

function manifestPath(project: string): string {
  return `${PROJECT}/${project}/Cargo.toml`;
}
