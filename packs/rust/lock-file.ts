import { parse } from 'smol-toml';
import type { LockedCrate } from './plan-data.js';

interface LockEntry {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
  readonly checksum?: string;
  readonly dependencies?: readonly string[];
}

/** Reads Cargo.lock. Every crate of a registry is in it with its checksum; of the first version that cargo wrote, in a table of its own. */
export function cratesOfLock(text: string): readonly LockedCrate[] {
  const { package: entries = [], metadata = {} } = readLock(text);
  return entries.flatMap(({ name, version, source, checksum }) => {
    if (source === undefined) return [];
    return [{ name, version, checksum: checksum ?? metadata[`checksum ${name} ${version} (${source})`] ?? '' }];
  });
}

/** What a package of the lock file depends on directly: name -> version. */
export function dependenciesOf(text: string, name: string): ReadonlyMap<string, string> {
  const { package: entries = [] } = readLock(text);
  const own = entries.find((entry) => entry.name === name && entry.source === undefined);
  return new Map(
    (own?.dependencies ?? []).flatMap((dependency): readonly [string, string][] => {
      const [of = '', version] = dependency.split(' ');
      // The version stands there only where the name is of several.
      const found = version ?? entries.find((entry) => entry.name === of)?.version;
      return found === undefined ? [] : [[of, found]];
    }),
  );
}

/**
 * The same lock file for an older cargo: version 4 came with 1.78, 3 with 1.53, and they write sources of git in another way, which no
 * published crate has.
 */
export function lockFor(text: string, rustVersion: string | undefined): string {
  const minor = Number(rustVersion?.split('.')[1] ?? Number.POSITIVE_INFINITY);
  if (minor < 53) return text.replace(/^version = \d+\n/m, '');
  return minor < 78 ? text.replace(/^version = 4$/m, 'version = 3') : text;
}

function readLock(text: string): {
  readonly package?: readonly LockEntry[];
  readonly metadata?: Readonly<Record<string, string>>;
} {
  return parse(text) as ReturnType<typeof readLock>;
}
