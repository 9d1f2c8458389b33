import { token } from './token.js';

/** `limited`: jobs run, but something of theirs does not, or is weaker. `missing`: without it no job runs. */
export type HostFindingStatus = 'ok' | 'limited' | 'missing';

export interface HostFinding {
  /** What was looked at: `OCI runtime`. */
  readonly subject: string;
  readonly status: HostFindingStatus;
  /** One line: what there is. */
  readonly found: string;
  /** What to do about it; there unless the status is `ok`. */
  readonly advice?: string;
}

/** Looks at a part of this host, without changing anything. */
export interface HostCheck {
  /** Stable, kebab-case. */
  readonly id: string;
  /** A check that throws counts as `limited`: it could not be told. */
  examine(): Promise<readonly HostFinding[]>;
}

export const HOST_CHECK = token<HostCheck>('host-check');
