import type { Config } from '../config/config.js';
import { token } from './token.js';

/** The store's configuration file. */
export interface Configuration {
  /** As the file is now; defaults without one. Throws E_CONFIG_INVALID, E_CONFIG_UNREADABLE. */
  load(): Promise<Config>;
}

export const CONFIGURATION = token<Configuration>('configuration');
