import type { Architecture } from '../../../core/contracts/platform-adapter.js';
import type { ToolchainArchive } from '../../../core/contracts/toolchain-source.js';
import type { SignedText } from './signed-text.js';

/** What a loader asks with. All reject with `FetchFailure` or `SignatureFailure`. */
export interface VendorSite {
  /** Without a slash at the end. */
  readonly address: string;
  /** Whether it is the vendor's own. */
  readonly isDefault: boolean;
  readonly architecture: Architecture;
  /** Whether there are keys: then signatures are checked. */
  readonly hasKeys: boolean;
  text(url: string): Promise<string>;
  /** Undefined where there is no such file. */
  textIfThere(url: string): Promise<string | undefined>;
  /** A text and its signature, which is checked where there are keys. */
  signedText(signed: SignedText): Promise<string>;
}

/** A release that there are archives of, for the architecture. */
export interface VendorRelease {
  /** `1.21.13`. */
  readonly version: string;
  readonly archives: readonly ToolchainArchive[];
}

/** How one vendor publishes. */
export interface VendorLoader {
  readonly language: string;
  /** The vendor's own. */
  readonly address: string;
  /** What there is of these versions, each `X.Y` or such; for one that is not there, nothing. */
  list(site: VendorSite, versions: readonly string[]): Promise<readonly Pick<VendorRelease, 'version'>[]>;
  /** The newest patch release of the version, or undefined. */
  find(site: VendorSite, version: string): Promise<VendorRelease | undefined>;
  /** Of the names in an archive, how many leading directories are taken off. @default 1 */
  readonly strip?: number;
  /** Patterns of tar: what is not unpacked. */
  readonly exclude?: readonly string[];
  /** Where an archive goes, below the toolchain's directory. @default the directory itself */
  placeOf?(archive: ToolchainArchive): string;
  /** Links that are made in `bin` where the archives have none: name -> target, a program. */
  readonly programs?: Readonly<Record<string, string>>;
  /** `registry`: nothing is signed, whatever keys there are. @default what the vendor's checksums, or signatures, say */
  readonly evidence?: 'registry';
}
