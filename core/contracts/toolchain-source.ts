import type { Config } from '../config/config.js';
import type { LanguagePack, PackRequest } from './language-pack.js';
import type {
  BuildServices,
  MissingPackage,
  PackagePlan,
  PackageSet,
  PlatformAdapter,
  PlatformInfo,
  Suite,
} from './platform-adapter.js';
import { token } from './token.js';

/** Where an archive is unpacked, inside the root: `/opt/joblet/go`. */
export const TOOLCHAIN_DIR = '/opt/joblet';

/** A language that comes as archives, as the plan locks it. */
export interface Toolchain {
  /** Id of the source. */
  readonly source: string;
  /** Id of the pack. */
  readonly language: string;
  /** `21.0.13+9`. */
  readonly version: string;
  readonly archives: readonly ToolchainArchive[];
  /** What was checked: `checksum` of the vendor's list, or its `signature` too. */
  readonly evidence: 'checksum' | 'signature' | 'registry';
}

export interface ToolchainArchive {
  /** Without credentials. */
  readonly url: string;
  /** `sha256:…` or `sha512:…` in hex. */
  readonly hash: string;
  readonly sizeBytes?: number;
  /** Where its detached signature is, which is checked with it. @default its hash comes from a list that was checked, or from no signed one */
  readonly signatureUrl?: string;
}

/** A version that a source has. */
export interface ToolchainVersion {
  /** As `base.version` has it: `3.11`. */
  readonly version: string;
  /** `3.11.2-1+b1`. */
  readonly exact: string;
  /** Which part of the source: `bookworm`, or an address. */
  readonly from: string;
}

export type ToolchainListing =
  | { readonly kind: 'listed'; readonly versions: readonly ToolchainVersion[] }
  /** It cannot be asked: why, in a line. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface ToolchainRequest {
  readonly pack: LanguagePack;
  readonly request: PackRequest;
  readonly platform: PlatformInfo;
  readonly adapter: PlatformAdapter;
  /** What the root needs beside the language, from the same suite: the groups of a `PackageQuery`. */
  readonly beside: readonly (readonly PackageSet[])[];
  /** Where the source may look, when the spec narrows it to suites. @default everywhere */
  readonly suites?: readonly string[];
}

export type ToolchainResolution =
  /** Packages of a distribution; the plan has those of `beside` too. */
  | { readonly kind: 'packages'; readonly plan: PackagePlan }
  | { readonly kind: 'archive'; readonly toolchain: Toolchain }
  /** It does not have the version. `missing`: the version is there, but of what is beside it these packages are not. */
  | { readonly kind: 'absent'; readonly missing?: readonly MissingPackage[] }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** A place that languages come from: releases of a distribution, a vendor's archives, a registry. */
export interface ToolchainSource {
  /** `distribution`, `releases`, `ubuntu`, `mirror`, `vendor`, `npm`: what `base.source` and the configuration call it. */
  readonly id: string;
  /** For lists and errors: "the host's release". */
  readonly title: string;
  /** Sources are asked in ascending order; 10 apart, so that others fit between. The configuration may say otherwise. */
  readonly order: number;
  /** Whether it may have the language at all, on a platform with these suites and with this configuration. Pure. */
  serves(language: string, suites: readonly Suite[], config: Config): boolean;
  /** What it has of a language now. Never rejects for a source that cannot be reached. */
  list(request: Omit<ToolchainRequest, 'request' | 'beside'>, services: BuildServices): Promise<ToolchainListing>;
  /** The newest patch release of the version asked for. Never another version. */
  resolve(request: ToolchainRequest, services: BuildServices): Promise<ToolchainResolution>;
  /** Fetches what `resolve` named, checks it and unpacks it into the empty directory, owned by the store's id range. Only of a source
   * that resolves to archives. Throws E_NETWORK, E_CHECKSUM. */
  unpack?(toolchain: Toolchain, directory: string, services: BuildServices): Promise<void>;
}

export const TOOLCHAIN_SOURCE = token<ToolchainSource>('toolchain-source');
