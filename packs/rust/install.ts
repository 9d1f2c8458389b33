import { chown, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'smol-toml';
import type {
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../core/contracts/language-pack.js';
import { makePrivateDirectory, ownDirectory, writePrivateFile } from '../../core/pack-kit.js';
import { cargoError } from './cargo-failure.js';
import { cachedCrate } from './crate-cache.js';
import { cratesOf, entriesOf, plainName } from './crate-spec.js';
import { linkTree, makeRootDirectory } from './link-tree.js';
import { LIBRARIES, PROGRAMS, VENDOR } from './places.js';
import {
  type CratePlan,
  fileName,
  type LockedCrate,
  type ProgramCrate,
  packagesOf,
  readPlanData,
} from './plan-data.js';
import { resolveCrates } from './resolve.js';
import type { RustHost } from './rust-host.js';
import { writeStub } from './stub-crate.js';

const WORK = '/tmp/joblet-crates';

/**
 * $1 the sources of a program, $2 where it goes. By path: some releases of cargo find no program in a directory of sources by its name.
 * Cargo's list of programs then says where it comes from.
 */
const COMPILE = `set -e
cargo install --path "$1" --locked --offline --root "$2"
sed -i "s#path+file://$1#registry+https://github.com/rust-lang/crates.io-index#" "$2/.crates.toml" "$2/.crates2.json"`;

/** Puts the plan's crates into the root; a deferred plan is resolved now, by the cargo of the build root. */
export async function installCrates(
  request: PackRequest,
  plan: PackPlan,
  root: PackRoot,
  services: PackServices,
  own: RustHost,
): Promise<readonly LanguagePackage[]> {
  if (entriesOf(request).length === 0) return [];
  const crates =
    plan.deferred === undefined ? readPlanData(plan.data) : await resolveCrates(request, root.runner, services, own);
  if (crates.programs.length > 0) await compilePrograms(request, crates.programs, root, services, own);
  if (crates.libraries.length > 0) await vendorLibraries(request, crates, root, services, own);
  return packagesOf(crates);
}

/** Each by `cargo install`, without network, from the sources of its lock file alone. */
async function compilePrograms(
  request: PackRequest,
  programs: readonly ProgramCrate[],
  root: PackRoot,
  services: PackServices,
  own: RustHost,
): Promise<void> {
  const there = await installedPrograms(root);
  const work = await makePrivateDirectory(services.scratchDir, 'programs', own.ids);
  try {
    for (const program of programs) {
      if (there.has(`${program.name} v${program.version}`)) continue;
      services.progress(`compiling ${program.name} ${program.version}`);
      const sources = await ownDirectory(path.join(work, fileName(program)), own.ids);
      const vendor = await ownDirectory(path.join(sources, 'vendor'), own.ids);
      for (const crate of program.crates) linkCrate(crate, vendor, services, own);
      const source = path.join(vendor, fileName(program));
      // Settings and the lock file of the crate's own project: cargo install reads neither of them from a registry.
      for (const one of ['.cargo', 'Cargo.lock']) await rm(path.join(source, one), { recursive: true, force: true });
      await writePrivateFile(path.join(source, 'Cargo.lock'), program.lock, own.ids);
      const home = await ownDirectory(path.join(sources, 'home'), own.ids);
      await writePrivateFile(path.join(home, 'config.toml'), sourceConfig(`${WORK}/vendor`), own.ids);
      const result = await root.runner.run({
        args: ['/bin/sh', '-c', COMPILE, 'compile', `${WORK}/vendor/${fileName(program)}`, PROGRAMS],
        cwd: WORK,
        env: {
          HOME: WORK,
          CARGO_HOME: `${WORK}/home`,
          CARGO_TARGET_DIR: `${WORK}/target`,
          CARGO_TERM_COLOR: 'never',
          // As for every crate of a registry: what is only a warning ends no build.
          RUSTFLAGS: '--cap-lints=allow',
        },
        binds: [{ hostPath: sources, rootPath: WORK, writable: true }],
      });
      if (result.status !== 0) throw cargoError(result, request, program);
      await rm(sources, { recursive: true, force: true });
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `NAME vVERSION` of each. */
async function installedPrograms({ runner }: PackRoot): Promise<ReadonlySet<string>> {
  const { stdout } = await runner.run({ args: ['cargo', 'install', '--list', '--root', PROGRAMS], quiet: true });
  return new Set(stdout.split('\n').flatMap((line) => /^(\S+ v[^\s:]+).*:$/.exec(line)?.[1] ?? []));
}

/** Where every cargo of the runtime finds them, whatever its working directory. */
async function vendorLibraries(
  request: PackRequest,
  { libraries, programs }: CratePlan,
  root: PackRoot,
  services: PackServices,
  own: RustHost,
): Promise<void> {
  services.progress(libraries.length === 1 ? 'linking 1 crate' : `linking ${libraries.length} crates`);
  const vendor = makeDirectories(root.layerDir, VENDOR, own);
  for (const crate of libraries) {
    services.signal.throwIfAborted();
    if (crate.elsewhere)
      await writeStub(crate, cachedCrate(crate, services), path.join(vendor, fileName(crate)), own.ids);
    else linkCrate(crate, vendor, services, own);
    await new Promise(setImmediate);
  }
  // The library beside a program has been compiled with it.
  const made = new Set(programs.map(({ name }) => name));
  const named = new Set(cratesOf(request).map(({ name }) => plainName(name)));
  const direct = libraries.filter(({ name }) => named.has(plainName(name)) && !made.has(name));
  await writeRootFile(root, LIBRARIES, direct.map(({ name, version }) => `${name} ${version}\n`).join(''), own);
  await writeRootFile(root, '/.cargo/config.toml', sourceConfig(VENDOR), own);
}

function linkCrate(crate: LockedCrate, vendor: string, services: PackServices, own: RustHost): void {
  linkTree(cachedCrate(crate, services), path.join(vendor, fileName(crate)), own.ids);
}

/** Takes the place of crates.io, as far as these sources go. */
function sourceConfig(directory: string): string {
  return stringify({
    source: { 'crates-io': { 'replace-with': 'vendored' }, vendored: { directory } },
  });
}

async function writeRootFile(
  root: PackRoot,
  rootPath: string,
  text: string,
  { ids }: Pick<RustHost, 'ids'>,
): Promise<void> {
  const dir = makeDirectories(root.layerDir, path.posix.dirname(rootPath), { ids });
  const file = path.join(dir, path.posix.basename(rootPath));
  await rm(file, { force: true });
  await writeFile(file, text, { mode: 0o644 });
  await chown(file, ids.hostStart, ids.hostStart);
}

function makeDirectories(layerDir: string, rootPath: string, { ids }: Pick<RustHost, 'ids'>): string {
  let dir = layerDir;
  for (const part of rootPath.split('/').filter(Boolean)) {
    dir = path.join(dir, part);
    makeRootDirectory(dir, ids);
  }
  return dir;
}
