import { token } from './token.js';

/** A key of runtime.yaml that is part of the format but that no installed pack owns yet: refused with its reason. A pack
 * that declares the key takes it over. */
export interface ReservedKey {
  /** `npm`. */
  readonly key: string;
  /** A clause: why it cannot be used. */
  readonly reason: string;
}

export const RESERVED_KEY = token<ReservedKey>('reserved-key');
