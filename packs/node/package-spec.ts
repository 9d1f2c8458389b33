import npa from 'npm-package-arg';
import type { PackRequest } from '../../core/contracts/language-pack.js';

/** A package of a registry, as a dependency of package.json has it. */
export interface PackageSpec {
  /** `@types/node`. */
  readonly name: string;
  /** `^4.17.0`, `latest`; `*` where the entry names none. */
  readonly range: string;
}

/** The parser lets through what would be an option of npm's. */
const NAME = /^(?:@[\w~-][\w.~-]*\/)?[\w~][\w.~-]*$/;

/** Undefined for what does not come from a registry by its own name: addresses, folders, git, aliases. */
export function parsePackageSpec(entry: string): PackageSpec | undefined {
  try {
    const parsed = npa(entry);
    if (!parsed.registry || !parsed.name || !['version', 'range', 'tag'].includes(parsed.type)) return undefined;
    if (!NAME.test(parsed.name)) return undefined;
    // The parser takes text with blanks for a range of versions.
    return { name: parsed.name, range: parsed.rawSpec === '' ? '*' : parsed.rawSpec };
  } catch {
    return undefined;
  }
}

export function packagesOf(request: PackRequest): readonly string[] {
  const npm = request.values['npm'];
  return Array.isArray(npm) ? npm.map(String) : [];
}

/** Name -> range, in the order of the list. */
export function dependenciesOf(list: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    list.flatMap((entry): readonly [string, string][] => {
      const spec = parsePackageSpec(entry);
      return spec === undefined ? [] : [[spec.name, spec.range]];
    }),
  );
}
