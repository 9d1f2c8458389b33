import type { Config } from '../../../core/config/config.js';
import type { Architecture } from '../../../core/contracts/platform-adapter.js';
import type { ArchiveSource } from './archive-source.js';
import { type DistributionSuite, releaseOf } from './releases.js';

/**
 * The archive of a distribution that is not the host's, checked with that distribution's own keys. The configuration may name
 * another address: `toolchains.addresses`, under the distribution's id.
 */
export function foreignSources(
  suite: DistributionSuite,
  architecture: Architecture,
  keyring: string,
  { toolchains }: Config,
): readonly ArchiveSource[] {
  const { id, archive, components, suffixes } = suite.distribution;
  const uri = toolchains.addresses[id] ?? archive[architecture];
  const release = releaseOf(suite.id);
  const suites = new Set([...suffixes.map((suffix) => `${release}${suffix}`), suite.id]);
  return [...suites].map((name) => ({ uri, suite: name, components, signedBy: [keyring], options: new Map() }));
}
