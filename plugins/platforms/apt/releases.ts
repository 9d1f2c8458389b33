import type { Architecture, Suite } from '../../../core/contracts/platform-adapter.js';

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
  /** Where its archive is, for hosts of another distribution: by architecture. */
  readonly archive: Readonly<Record<Architecture, string>>;
  readonly components: readonly string[];
  /** Where the host's package of its keys puts them, and the package's name on another distribution. */
  readonly keys: { readonly path: string; readonly packageName: string };
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
    archive: { amd64: 'http://deb.debian.org/debian', arm64: 'http://deb.debian.org/debian' },
    components: ['main'],
    keys: { path: '/usr/share/keyrings/debian-archive-keyring.gpg', packageName: 'debian-archive-keyring' },
  },
  {
    id: 'ubuntu',
    releases: [
      { codename: 'noble', mergedUsr: 'packages' },
      { codename: 'jammy', mergedUsr: 'links' },
      { codename: 'focal', mergedUsr: 'links' },
      { codename: 'resolute', mergedUsr: 'packages' },
      { codename: 'questing', mergedUsr: 'packages' },
      { codename: 'plucky', mergedUsr: 'packages' },
    ],
    suffixes: ['', '-updates', '-security'],
    keyring: /^ubuntu-(archive|keyring)/,
    archive: { amd64: 'http://archive.ubuntu.com/ubuntu', arm64: 'http://ports.ubuntu.com/ubuntu-ports' },
    components: ['main', 'universe'],
    keys: { path: '/usr/share/keyrings/ubuntu-archive-keyring.gpg', packageName: 'ubuntu-archive-keyring' },
  },
];

export function findDistribution(id: string): Distribution | undefined {
  return distributions.find((d) => d.id === id);
}

/** A release that the table does not know (a newer one) is taken to be like the newest. */
export function findRelease(distribution: Distribution, codename: string): Release {
  return distribution.releases.find((r) => r.codename === codename) ?? { codename, mergedUsr: 'packages' };
}

const BACKPORTS = '-backports';

/** The release that a suite's roots begin with: of `bookworm-backports`, bookworm. */
export function releaseOf(suite: string): string {
  return suite.endsWith(BACKPORTS) ? suite.slice(0, -BACKPORTS.length) : suite;
}

export interface DistributionSuite extends Suite {
  readonly distribution: Distribution;
}

/** The host's release, its backports, the same of its distribution's others, then other distributions of the family. */
export function suiteOrder(hostDistribution: Distribution, hostRelease: string): readonly DistributionSuite[] {
  return [hostDistribution, ...distributions.filter((d) => d !== hostDistribution)].flatMap((distribution) => {
    const isHosts = distribution === hostDistribution;
    const others = distribution.releases.map((r) => r.codename).filter((c) => !isHosts || c !== hostRelease);
    return [...(isHosts ? [hostRelease] : []), ...others].flatMap((release) =>
      [release, `${release}${BACKPORTS}`].map((id) => ({
        id,
        distribution,
        source: !isHosts ? distribution.id : id === hostRelease ? 'distribution' : 'releases',
      })),
    );
  });
}
