import type { CommandRunner } from './command-runner.js';
import type { NetworkAccess } from './host-network.js';
import { token } from './token.js';

export type Architecture = 'amd64' | 'arm64';

/** The machine that a build runs on. */
export interface PlatformInfo {
  /** `debian-amd64`, as in a spec's `platforms`. */
  readonly id: string;
  readonly distribution: string;
  /** `bookworm`. */
  readonly release: string;
  readonly architecture: Architecture;
  /** The adapter that serves it: `apt`. */
  readonly family: string;
  /** What hooks see as PKG_MANAGER: `apt`. */
  readonly packageManager: string;
}

/** A distribution package, as exact as the index says it. */
export interface DistributionPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** `sha256:…` of the archive. */
  readonly hash: string;
  readonly sizeBytes: number;
}

/** Packages under the names that one release uses, for one purpose: a version of a language. */
export interface PackageSet {
  /** In the build root, compilers and headers included. */
  readonly build: readonly string[];
  /** Of these, what the finished runtime keeps. */
  readonly runtime: readonly string[];
  /** What a language's resolver needs to run unconfigured (see `unpackToolRoot`). */
  readonly tools: readonly string[];
  /** Package -> what its upstream version must begin with, by whole components: `{ nodejs: '20' }`. A package named only here is
   * pinned where something brings it. @default any version */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface PackageQuery {
  /** All groups are wanted together, from one suite. Of the alternatives in a group, the first that the suite has is taken. */
  readonly groups: readonly (readonly PackageSet[])[];
  /** Ids of the suites to look in, in this order. @default all of `suites`, in theirs */
  readonly suites?: readonly string[];
}

/** A part of a distribution's archive that a root can be made of. */
export interface Suite {
  /** `bookworm`, `bookworm-backports`. */
  readonly id: string;
  /** `distribution`: the host's own release; `releases`: others of the host's distribution; else another distribution's id (`ubuntu`). */
  readonly source: string;
}

/** What a suite has of some packages: name -> its versions, newest first. */
export type AvailablePackages = ReadonlyMap<string, readonly string[]>;

export interface MissingPackage {
  readonly name: string;
  /** The most similar name that the index has. */
  readonly nearest?: string;
}

/** Everything that will be installed, before anything is. */
export interface PackagePlan {
  /** `bookworm`: the suite whose packages the root is made of. */
  readonly release: string;
  /** The alternatives that were taken, one for each group of the query. */
  readonly sets: readonly PackageSet[];
  readonly base: readonly DistributionPackage[];
  readonly build: readonly DistributionPackage[];
  readonly tools: readonly DistributionPackage[];
  /** The names asked for as `runtime`; their closure is read from the finished root. */
  readonly runtimeNames: readonly string[];
  /** Names asked for as `build`. */
  readonly buildNames: readonly string[];
  readonly downloadBytes: number;
}

export type PackageResolution =
  | { readonly kind: 'planned'; readonly plan: PackagePlan }
  | {
      readonly kind: 'missing';
      readonly missing: readonly MissingPackage[];
      readonly releasesTried: readonly string[];
    };

/** Services of the running build that an adapter or pack may use. */
export interface BuildServices {
  readonly signal: AbortSignal;
  /** A line of output for the build's log. */
  log(line: string): void;
  /** One short line that says what is being done now. */
  progress(message: string): void;
  warn(message: string): void;
  /** A new empty directory on the store's file system that goes with the build, however it ends. */
  scratch?(name: string): Promise<string>;
}

/** Where programs of a family look for certificate authorities; absolute inside a root. */
export interface AuthorityPaths {
  /** The one file with all of them. */
  readonly bundle: string;
  /** What the distribution's own tool adds to the bundle. */
  readonly extraDir: string;
  /** Where OpenSSL looks without being told (its `cert.pem`). */
  readonly opensslFile: string;
  /** Directories of single certificates, which a runtime with the host's bundle does not keep; what lies in directories below stays. */
  readonly singles: readonly string[];
}

/** One family of distributions. */
export interface PlatformAdapter {
  /** `apt`. */
  readonly family: string;
  readonly authorities: AuthorityPaths;
  /** The platform of this host if it is of this family. */
  detect(): Promise<PlatformInfo | undefined>;
  /** Where this platform's roots may come from, the host's own release first. Pure. */
  suites(platform: PlatformInfo): readonly Suite[];
  /** What a suite has of these names; undefined where the mirrors do not have the suite. Throws E_NETWORK. */
  available(
    platform: PlatformInfo,
    suite: string,
    names: readonly string[],
    services: BuildServices,
  ): Promise<AvailablePackages | undefined>;
  /** Says for exact names what would be installed, from the host's mirrors with the host's keys. Throws E_NETWORK when an
   * index cannot be reached. Never touches the host's own package state; index files go under the store's cache. */
  resolve(platform: PlatformInfo, query: PackageQuery, services: BuildServices): Promise<PackageResolution>;
  /** Fills the empty `directory` with a minimal root of `plan.base`, owned by the store's id range. */
  bootstrap(platform: PlatformInfo, plan: PackagePlan, directory: string, services: BuildServices): Promise<void>;
  /** Unpacks `plan.tools` into the empty `directory`, without running any script: enough to run one program of that release. */
  unpackToolRoot(platform: PlatformInfo, plan: PackagePlan, directory: string, services: BuildServices): Promise<void>;
  /** What its package manager needs in a hook to reach the host's archives: variables, and files in a scratch directory. None of
   * it may stay in the root. Called only when the hook really runs. @default nothing but the network itself */
  hookAccess?(platform: PlatformInfo, services: BuildServices): Promise<NetworkAccess>;
  /** Installs packages into the root behind `runner`, at `exact` versions of the plan or by name. The log has all output.
   * Throws E_PACKAGE_NOT_FOUND, E_NETWORK, E_BUILD_STEP. */
  install(
    platform: PlatformInfo,
    runner: CommandRunner,
    packages: { readonly names: readonly string[]; readonly exact?: readonly DistributionPackage[] },
    services: BuildServices,
  ): Promise<void>;
  /** What of a finished root is owned by packages, and by which of them the runtime needs. Paths are absolute inside the root. */
  ownership(runner: CommandRunner, runtimeNames: readonly string[]): Promise<PackageOwnership>;
}

export interface PackageOwnership {
  /** Path -> owned by a package that the runtime needs (`keep`) or only by others (`drop`). */
  readonly owned: ReadonlyMap<string, 'keep' | 'drop'>;
  /** Exact versions of all packages in the root. */
  readonly installed: readonly { readonly name: string; readonly version: string; readonly keep: boolean }[];
  /** Globs (picomatch) of package-manager state, caches, documents that never belong in a runtime. */
  readonly residue: readonly string[];
}

export const PLATFORM = token<PlatformAdapter>('platform');
