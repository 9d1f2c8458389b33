import { token } from './token.js';

/**
 * The host ids that stand for ids 0…size-1 inside roots. Trees in the store are owned by this range, so that nothing in
 * them (a set-user-ID file that a hook left, say) has power on the host.
 */
export interface IdMap {
  readonly hostStart: number;
  readonly size: number;
}

/** Above every range that common tools hand out (systemd-nspawn ends at 1879048191), below 2^31. */
export const DEFAULT_ID_MAP: IdMap = { hostStart: 1_879_048_192, size: 65_536 };

export const ID_MAP = token<IdMap>('id-map');
