import type { AvailablePackages, PackageSet } from '../contracts/platform-adapter.js';

export type ChosenSets =
  | {
      readonly kind: 'chosen';
      readonly sets: readonly PackageSet[];
      /** Package -> the newest version that a set allows, for those that a set restricts. */
      readonly pins: ReadonlyMap<string, string>;
    }
  /** What the first alternative of a group lacks, of every group that has none to take. */
  | { readonly kind: 'missing'; readonly names: readonly string[] };

/** Every package that a set names. */
export function namesOf(set: PackageSet): readonly string[] {
  return [...set.build, ...set.runtime, ...set.tools, ...Object.keys(set.versions ?? {})];
}

/** Of each group the first alternative that is there, in a version that it allows. */
export function chooseSets(available: AvailablePackages, groups: readonly (readonly PackageSet[])[]): ChosenSets {
  const sets: PackageSet[] = [];
  const pins = new Map<string, string>();
  const missing: string[] = [];
  for (const group of groups) {
    const set = group.find((one) => lackingOf(one, available).length === 0);
    if (set === undefined) {
      missing.push(...(group[0] === undefined ? [] : lackingOf(group[0], available)));
      continue;
    }
    sets.push(set);
    for (const [name, wanted] of Object.entries(set.versions ?? {})) {
      const version = available.get(name)?.find((one) => isVersion(one, wanted));
      if (version !== undefined) pins.set(name, version);
    }
  }
  return missing.length > 0 ? { kind: 'missing', names: [...new Set(missing)] } : { kind: 'chosen', sets, pins };
}

/** Packages that a set wants and that are not there in a version that it allows. */
export function lackingOf(set: PackageSet, available: AvailablePackages): readonly string[] {
  return [...new Set(namesOf(set))].filter((name) => {
    const wanted = set.versions?.[name];
    return !(available.get(name) ?? []).some((version) => wanted === undefined || isVersion(version, wanted));
  });
}

/** A release candidate and the like, as Debian's versions have it: `3.11.0~rc1-1`. https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */
const PREVIEW = /^[\d.]*~?(?:rc|alpha|beta|a|b|pre)\d/;

/**
 * Whether a distribution's version is of an upstream one: `2:1.19~1` is 1.19, and `18.20.4+dfsg-1` is 18; `1.190` is not 1.19, and
 * `3.11.0~rc1` is not 3.11 yet.
 */
export function isVersion(version: string, wanted: string): boolean {
  const upstream = version.replace(/^\d+:/, '');
  const rest = upstream.slice(wanted.length);
  return upstream.startsWith(wanted) && !/^\d/.test(rest) && !PREVIEW.test(rest);
}
