import type { Host } from '../../core/contracts/host.js';
import type { IdMap } from '../../core/contracts/id-map.js';

/** What the pack is given at its construction. */
export interface RustHost {
  readonly host: Host;
  readonly ids: IdMap;
}
