/** What differs between the releases of a distribution. */
export interface Release {
  readonly codename: string;
  /**
   * Where /bin -> usr/bin and its like come from. `packages`: base-files ships them. `hook`: init-system-helpers depends on
   * `usrmerge | usr-is-merged`, so the links and a stand-in package must be there before the first package. `links`: nobody
   * ships them and nobody asks for them; we make them.
   */
  readonly mergedUsr: 'packages' | 'hook' | 'links';
}

export interface Distribution {
  readonly id: string;
  /** In the order in which they are tried when the host's own release lacks a package: supported stable ones first. */
  readonly releases: readonly Release[];
  /** Appended to the codename; the host's sources decide which of them are used. */
  readonly suffixes: readonly string[];
  /** File names of the keyrings that the distribution's own archive is signed with. */
  readonly keyring: RegExp;
}

const distributions: readonly Distribution[] = [
  {
    id: 'debian',
    releases: [
      { codename: 'bookworm', mergedUsr: 'hook' },
      { codename: 'trixie', mergedUsr: 'packages' },
      { codename: 'bullseye', mergedUsr: 'links' },
      { codename: 'forky', mergedUsr: 'packages' },
    ],
    suffixes: ['', '-updates', '-security'],
    keyring: /^debian-archive-/,
  },
  {
    id: 'ubuntu',
    releases: [
      { codename: 'noble', mergedUsr: 'packages' },
      { codename: 'jammy', mergedUsr: 'hook' },
      { codename: 'focal', mergedUsr: 'links' },
      { codename: 'resolute', mergedUsr: 'packages' },
      { codename: 'questing', mergedUsr: 'packages' },
      { codename: 'plucky', mergedUsr: 'packages' },
    ],
    suffixes: ['', '-updates', '-security'],
    keyring: /^ubuntu-(archive|keyring)/,
  },
];

export function findDistribution(id: string): Distribution | undefined {
  return distributions.find((d) => d.id === id);
}

/** A release that the table does not know (a newer one) is taken to be like the newest. */
export function findRelease(distribution: Distribution, codename: string): Release {
  return distribution.releases.find((r) => r.codename === codename) ?? { codename, mergedUsr: 'packages' };
}

/** The host's release, then the others in the table's order. */
export function releaseOrder(distribution: Distribution, hostRelease: string): readonly string[] {
  return [hostRelease, ...distribution.releases.map((r) => r.codename).filter((c) => c !== hostRelease)];
}
