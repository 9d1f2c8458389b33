import { token } from './token.js';

/** What the composition root tells the engine about its surroundings; nothing else reads `process.env`. */
export interface Host {
  /** The caller's environment. Never handed to a job or a hook as a whole. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory of the caller, for its pip, netrc and apt configuration. */
  readonly home: string;
  now(): Date;
}

export const HOST = token<Host>('host');
