import { resultKey } from './result-key.js';

/** Written by the engine for a forced build: hooks run again, although their inputs are known. */
export const HOOK_NONCE = resultKey<string>('hook-nonce');
