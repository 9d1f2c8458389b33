import type { CommandRunner } from './command-runner.js';
import type { NetworkAccess } from './host-network.js';
import type { BuildServices, PackageSet, PlatformInfo } from './platform-adapter.js';
import { token } from './token.js';
import type { Toolchain } from './toolchain-source.js';

/** A JSON Schema (draft 2020-12) fragment. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Data that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A top-level key of runtime.yaml that a pack owns. */
export interface PackKey {
  readonly name: string;
  readonly schema: JsonSchema;
  /** True for a list of packages: naming it brings the pack's tool into a runtime of another language. */
  readonly packages: boolean;
}

/** Something wrong with a pack's part of the spec. `path` is where in the document: `['pip', 1]`. */
export interface SpecProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What was expected, or what to write instead. */
  readonly hint?: string;
  /** @default 'error' */
  readonly severity?: 'error' | 'warning';
}

/** A pack's share of a parsed spec. */
export interface PackRequest {
  /** `base`: the runtime's language; `addition`: only this pack's package lists. */
  readonly role: 'base' | 'addition';
  /** The language version asked for; of an addition, undefined: what the base release has. */
  readonly version?: string;
  /** Present once phase 4 has chosen an archive for the language: it is unpacked at `TOOLCHAIN_DIR/ID`. Absent: the language comes
   * from packages of the distribution. */
  readonly toolchain?: Toolchain;
  /** The values of the keys that the pack owns and the spec gives. */
  readonly values: Readonly<Record<string, Json>>;
}

export interface LanguagePackage {
  readonly name: string;
  readonly version: string;
  /** As runtime.yml lists it: `numpy==2.4.6`. */
  readonly label: string;
  /** `sha256:…`, or undefined where the source has none (a VCS URL). */
  readonly hash?: string;
}

/** What a pack will install. `data` is the pack's own and goes back to it unread. */
export interface PackPlan {
  readonly packages: readonly LanguagePackage[];
  /** Distribution packages that building these needs (a compiler for a source package); build-only. */
  readonly extraBuild: readonly string[];
  /** Present when resolving has to wait for the build root, with the reason. */
  readonly deferred?: string;
  readonly data: Json;
}

/** What a pack gets to plan, fetch and install with. */
export interface PackServices extends BuildServices {
  readonly platform: PlatformInfo;
  /** A directory of this pack in the store's cache; content in it is named by hash and written by rename. */
  readonly cacheDir: string;
  /** A scratch directory, removed when the build ends. */
  readonly scratchDir: string;
  /** Runs commands in the unpacked tool root (read-only, of the same release as the runtime). Undefined when a pre-install
   * hook may still change where the language comes from. */
  readonly tools?: CommandRunner;
}

/** The root that a pack installs into. */
export interface PackRoot {
  /** Runs in the build root; what it changes becomes the layer. */
  readonly runner: CommandRunner;
  /** The layer's own directory: files put here (by hard link from `cacheDir`) are in the root. Owned by the store's id range. */
  readonly layerDir: string;
}

export interface LanguagePack {
  /** `python`; also the value of `base.language`. */
  readonly id: string;
  readonly title: string;
  readonly keys: readonly PackKey[];
  /** What the names of its commands begin with (`python`, `pip`): a hook that misses one gets a hint. */
  readonly programs?: readonly string[];
  /** JSON Schema of `base.version` for this language; its `description` says what is expected. */
  readonly versionSchema: JsonSchema;
  /** Rules that a schema cannot say. Pure and quick. */
  checkSpec(request: PackRequest): readonly SpecProblem[];
  /** Versions that `runtime versions` looks for, oldest first: `['3.9', '3.10']`. More may be asked for. */
  readonly knownVersions: readonly string[];
  /** The ways in which a distribution may carry the version, the reference's list first; empty: this family has none. With
   * `request.toolchain`: what has to be there beside the archive. Pure. `family` is a PlatformAdapter's. */
  distributionPackages(request: PackRequest, family: string): readonly PackageSet[];
  /** Resolves every package list to exact versions. Throws E_PACKAGE_NOT_FOUND, E_NETWORK. */
  plan(request: PackRequest, services: PackServices): Promise<PackPlan>;
  /** Fetches and prepares what `plan` names, into `cacheDir`. Called as soon as the plan stands, while the base is made; may
   * do nothing for what needs the build root. Not called for a deferred plan. */
  prefetch?(request: PackRequest, plan: PackPlan, services: PackServices): Promise<void>;
  /** What its tool needs in a hook to reach the host's indexes: variables, and files in `scratchDir`. None of it may stay in the
   * root. Called only when the hook really runs. @default nothing but the network itself */
  hookAccess?(request: PackRequest, services: PackServices): Promise<NetworkAccess>;
  /** Makes the language usable in the root: links, configuration. Runs right after its distribution packages, in their layer. */
  setUp?(request: PackRequest, root: PackRoot, services: PackServices): Promise<void>;
  /** Installs the plan into the root, returning what is installed with exact versions. Idempotent. */
  install(
    request: PackRequest,
    plan: PackPlan,
    root: PackRoot,
    services: PackServices,
  ): Promise<readonly LanguagePackage[]>;
  /** Globs (picomatch, absolute) of files in packages that the runtime needs which the runtime does not: `/usr/include/**`. */
  readonly drop: readonly string[];
  /** Globs of files in packages that the runtime needs, whatever other packs of the same runtime drop: a linker's libraries.
   * @default none */
  readonly keep?: readonly string[];
  /** Environment of every job of the runtime, under the spec's own. */
  environment(request: PackRequest): Readonly<Record<string, string>>;
  /** Commands that prove the finished runtime, run as a job in it without network. Status 0 passes. */
  smokeTest(request: PackRequest, packages: readonly LanguagePackage[]): readonly SmokeCommand[];
}

export interface SmokeCommand {
  readonly title: string;
  readonly args: readonly string[];
  /** Standard output must contain this line. */
  readonly expectLine?: string;
}

export const PACK = token<LanguagePack>('pack');
