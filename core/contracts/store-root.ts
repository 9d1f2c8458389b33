import { token } from './token.js';

/** Absolute path of the store (`/opt/joblet`). */
export const STORE_ROOT = token<string>('store-root');
