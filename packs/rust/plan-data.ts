import type { Json, LanguagePackage } from '../../core/contracts/language-pack.js';

/** A release of a crate, as a lock file has it. */
export interface LockedCrate {
  readonly name: string;
  readonly version: string;
  /** sha256 of its archive, in hex, as the registry's index has it. */
  readonly checksum: string;
}

/** A crate of a lock file that may be one for other platforms alone: cargo wants its manifest, and no compiler anything of it. */
export interface LibraryCrate extends LockedCrate {
  readonly elsewhere?: true;
}

/** A crate whose programs are compiled. */
export interface ProgramCrate extends LockedCrate {
  /** Its Cargo.lock, as it was published, or made for it. */
  readonly lock: string;
  /** All that it is compiled from, itself too. */
  readonly crates: readonly LockedCrate[];
}

/** What is installed. */
export interface CratePlan {
  /** In the runtime, as sources: libraries that are named, and all that they may need. */
  readonly libraries: readonly LibraryCrate[];
  readonly programs: readonly ProgramCrate[];
}

export const EMPTY: CratePlan = { libraries: [], programs: [] };

/** `data` is what `planData` made of it. */
export function readPlanData(data: Json): CratePlan {
  return data === null ? EMPTY : (data as unknown as CratePlan);
}

/** In an order of its own: the same crates make the same plan. */
export function planData({ libraries, programs }: CratePlan): Json {
  const crate = ({ name, version, checksum }: LockedCrate) => ({ name, version, checksum });
  return {
    libraries: libraries.map((one) => (one.elsewhere ? { ...crate(one), elsewhere: true } : crate(one))),
    programs: programs.map((one) => ({ ...crate(one), lock: one.lock, crates: one.crates.map(crate) })),
  };
}

/** What of the plan is in the runtime, by name. */
export function packagesOf({ libraries, programs }: CratePlan): readonly LanguagePackage[] {
  const here = libraries.filter(({ elsewhere }) => elsewhere !== true);
  const found = new Map([...here, ...programs].map((crate) => [fileName(crate), languagePackage(crate)]));
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

/** Labelled as cargo itself prints a release of a crate: no other language writes it so. */
function languagePackage({ name, version, checksum }: LockedCrate): LanguagePackage {
  return { name, version, label: `${name} v${version}`, hash: `sha256:${checksum}` };
}

/** As cargo names a directory of its sources. */
export function fileName({ name, version }: Pick<LockedCrate, 'name' | 'version'>): string {
  return `${name}-${version}`;
}

/** What a label of a crate says; undefined for a package of another language. */
export function crateOf({ label }: Pick<LanguagePackage, 'label'>): Pick<LockedCrate, 'name' | 'version'> | undefined {
  const [, name, version] = /^([A-Za-z][\w-]*) v(\d\S*)$/.exec(label) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}
