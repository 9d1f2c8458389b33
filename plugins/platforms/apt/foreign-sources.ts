import { existsSync } from 'node:fs';
import type { Config } from '../../../core/config/config.js';
import type { Architecture } from '../../../core/contracts/platform-adapter.js';
import { hostUnfit } from '../../../core/errors/errors.js';
import type { ArchiveSource } from './archive-source.js';
import { type DistributionSuite, releaseOf } from './releases.js';

/**
 * The archive of a distribution that is not the host's, checked with that distribution's own keys. The configuration may name
 * another address (`toolchains.addresses`) and other keys (`toolchains.keyrings`), each under the distribution's id.
 */
export function foreignSources(
  suite: DistributionSuite,
  architecture: Architecture,
  { toolchains }: Config,
): readonly ArchiveSource[] {
  const { id, archive, components, keys, suffixes } = suite.distribution;
  const keyring = toolchains.keyrings[id] ?? keys.path;
  if (!existsSync(keyring)) {
    throw hostUnfit(
      `the keys of ${id}'s archive are not on this host`,
      `install ${keys.packageName}, or name them in toolchains.keyrings.${id}`,
    );
  }
  const uri = toolchains.addresses[id] ?? archive[architecture];
  const release = releaseOf(suite.id);
  const suites = new Set([...suffixes.map((suffix) => `${release}${suffix}`), suite.id]);
  return [...suites].map((name) => ({ uri, suite: name, components, signedBy: [keyring], options: new Map() }));
}
