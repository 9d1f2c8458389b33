import type { JobMount } from '../contracts/isolator.js';

/** What is known of a runtime before its root is measured. */
export interface UnmeasuredManifest {
  readonly name: string;
  readonly language: string;
  readonly language_version: string;
  readonly version: string;
  readonly description: string;
  readonly mounts: readonly JobMount[];
  readonly environment: Readonly<Record<string, string>>;
  /** `numpy==2.4.6`: exact installed versions. */
  readonly packages: readonly string[];
  readonly libraries: readonly string[];
  readonly requirements: {
    readonly architectures: readonly string[];
    readonly gpu?: boolean;
    readonly cuda_version?: string;
    readonly min_memory?: string;
  };
  readonly build_info: {
    /** UTC, RFC 3339. */
    readonly built_at: string;
    readonly platform: string;
    /** Exact version of the language: "3.11.2". */
    readonly language_version_exact: string;
    /** Id of the toolchain source that the language came from. */
    readonly source?: string;
    /** Of a language that came as archives: `URL HASH` of each. */
    readonly toolchain?: readonly string[];
    /** How these were checked: `checksum`, `signature` (and the checksum), `registry`. */
    readonly toolchain_evidence?: string;
    /** Release that the root is made of: "bookworm". */
    readonly release: string;
    /** `name=version` of every distribution package in the root. */
    readonly distribution_packages: readonly string[];
    /** sha256 of the spec that it was built from, comments and layout aside. */
    readonly spec_digest: string;
    readonly builder_version: string;
  };
}

export interface RootMeasures {
  /** Of all regular files, without their holes, hard links once. */
  readonly size_bytes: number;
  /** sha256 of names, modes, owners, links and contents of the isolated root. */
  readonly digest: string;
}

/** runtime.yml, as written beside an isolated root. Keys are the file's own. */
export interface RuntimeManifest extends UnmeasuredManifest, RootMeasures {}

/** What a job needs of it. */
export type JobManifest = Pick<RuntimeManifest, 'environment' | 'requirements'>;
