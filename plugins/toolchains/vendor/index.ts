import type { DependencyContainer } from 'tsyringe';
import { CONFIGURATION, type Configuration } from '../../../core/contracts/configuration.js';
import { HOST, type Host } from '../../../core/contracts/host.js';
import { HOST_NETWORK, type HostNetwork } from '../../../core/contracts/host-network.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import { STORE_ROOT } from '../../../core/contracts/store-root.js';
import { TOOLCHAIN_SOURCE } from '../../../core/contracts/toolchain-source.js';
import { mirrorAddress, npmAddress, vendorAddress } from './addresses.js';
import { ArchiveSource, type ArchiveSourceParts } from './archive-source.js';
import { NPM_LOADERS } from './loaders.js';

/** Archives of the languages' own vendors, and of a mirror of theirs where the configuration names one; node from an npm registry. */
export function register(container: DependencyContainer): void {
  const parts = (own: DependencyContainer): ArchiveSourceParts => ({
    configuration: own.resolve<Configuration>(CONFIGURATION),
    host: own.resolve<Host>(HOST),
    network: own.resolve<HostNetwork>(HOST_NETWORK),
    ids: own.resolve<IdMap>(ID_MAP),
    storeRoot: own.resolve<string>(STORE_ROOT),
  });
  container.register(TOOLCHAIN_SOURCE, {
    useFactory: (own) =>
      new ArchiveSource('mirror', 'the configured mirror of archives', 40, mirrorAddress, parts(own)),
  });
  container.register(TOOLCHAIN_SOURCE, {
    useFactory: (own) => new ArchiveSource('vendor', "the vendors' archives", 50, vendorAddress, parts(own)),
  });
  container.register(TOOLCHAIN_SOURCE, {
    useFactory: (own) => new ArchiveSource('npm', 'the npm registry', 60, npmAddress, parts(own), NPM_LOADERS),
  });
}
