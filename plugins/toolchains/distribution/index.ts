import type { DependencyContainer } from 'tsyringe';
import { TOOLCHAIN_SOURCE } from '../../../core/contracts/toolchain-source.js';
import { DistributionSource } from './distribution-source.js';

/** Languages from packages: of the host's release, of others of its distribution, and of other distributions of its family. */
export function register(container: DependencyContainer): void {
  const sources = [
    new DistributionSource('distribution', "the host's release", 10),
    new DistributionSource('releases', "other releases of the host's distribution", 20),
    new DistributionSource('ubuntu', 'releases of Ubuntu', 30),
    new DistributionSource('debian', 'releases of Debian', 31),
  ];
  for (const source of sources) container.register(TOOLCHAIN_SOURCE, { useValue: source });
}
