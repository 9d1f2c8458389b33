import type { Host } from '../../core/contracts/host.js';
import type { HostNetwork } from '../../core/contracts/host-network.js';
import type { IdMap } from '../../core/contracts/id-map.js';

/** What the pack is given at its construction. */
export interface GoHost {
  readonly host: Host;
  readonly ids: IdMap;
  readonly network: HostNetwork;
}
