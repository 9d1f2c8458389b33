import type { PackRequest } from '../../core/contracts/language-pack.js';

/** A crate that an entry of `cargo` asks for. */
export interface CrateSpec {
  readonly name: string;
  /** As a dependency of Cargo.toml has it: `=1.0.200`, `^1.2`; `*` where the entry names none. */
  readonly requirement: string;
}

/** A crate's name as crates.io takes it. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const COMPARATOR = /^(?:[=^~]|>=?|<=?)?\s*(?:\*|\d+(?:\.(?:\*|\d+)){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/;

/** `NAME`, or `NAME@REQUIREMENT`; a whole version alone is that version, as with `cargo install`. Undefined for what is neither. */
export function parseCrateSpec(entry: string): CrateSpec | undefined {
  const at = entry.indexOf('@');
  const name = at < 0 ? entry : entry.slice(0, at);
  if (!NAME.test(name)) return undefined;
  if (at < 0) return { name, requirement: '*' };
  const requirement = entry.slice(at + 1).trim();
  if (EXACT.test(requirement)) return { name, requirement: `=${requirement}` };
  const comparators = requirement.split(',').map((one) => one.trim());
  return comparators.every((one) => COMPARATOR.test(one)) ? { name, requirement: comparators.join(', ') } : undefined;
}

export function entriesOf(request: PackRequest): readonly string[] {
  const list = request.values['cargo'];
  return Array.isArray(list) ? list.map(String) : [];
}

/** In the order of the list. */
export function cratesOf(request: PackRequest): readonly CrateSpec[] {
  return entriesOf(request).flatMap((entry) => parseCrateSpec(entry) ?? []);
}

/** crates.io has one crate under all spellings of a name. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** Where the entry of a crate is in the document; undefined for a crate that no entry names. */
export function pathOf(request: PackRequest, name: string): readonly (string | number)[] | undefined {
  const index = entriesOf(request).findIndex((entry) => plainName(entry.split('@')[0] ?? '') === plainName(name));
  return index < 0 ? undefined : ['cargo', index];
}
