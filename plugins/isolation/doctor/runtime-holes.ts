/** Known holes of OCI runtimes that a bundle of ours could meet; what it closes itself (leaked descriptors, a missing /dev) is none. */
export interface RuntimeHole {
  readonly id: string;
  readonly advice: string;
}

export type Version = readonly [number, number, number];

export function parseVersion(text: string): Version | undefined {
  const match = /\bversion (\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** `revision`: the Debian package's version, where it is from one. */
export function holesOf(runtime: 'crun' | 'runc', version: Version, revision?: string): readonly RuntimeHole[] {
  if (runtime === 'crun') {
    return isBefore(version, [1, 4, 4]) ? [{ id: 'CVE-2022-27650', advice: 'use crun 1.4.4 or later' }] : [];
  }
  const mended = MENDED_RUNC.find(({ prefix }) => revision?.startsWith(prefix) === true);
  const revisionNumber = Number(/\+deb\d+u(\d+)$/.exec(revision ?? '')?.[1] ?? 0);
  const leaky = isBefore(version, [1, 1, 12]) && !(mended !== undefined && revisionNumber >= mended.leakyVessels);
  return [
    ...(leaky
      ? [{ id: 'CVE-2024-21626', advice: 'use runc 1.1.12 or later, or the security update of the distribution' }]
      : []),
    ...(isBefore2025(version)
      ? [
          {
            id: 'CVE-2025-31133, CVE-2025-52565, CVE-2025-52881',
            advice:
              'use crun, or runc 1.2.8, 1.3.3 or later; whether a distribution has mended an older one, its security tracker says',
          },
        ]
      : []),
  ];
}

/** Packages of an older version with a fix of their own, by the revision that has it. */
const MENDED_RUNC = [{ prefix: '1.1.5+ds1-1', leakyVessels: 1 }];

function isBefore2025(version: Version): boolean {
  const [major, minor] = version;
  if (major === 1 && minor === 3) return isBefore(version, [1, 3, 3]);
  return isBefore(version, [1, 2, 8]);
}

function isBefore(version: Version, other: Version): boolean {
  const at = version.findIndex((part, index) => part !== other[index]);
  return at !== -1 && (version[at] ?? 0) < (other[at] ?? 0);
}
