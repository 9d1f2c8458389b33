import type { Bind } from './isolator.js';
import { token } from './token.js';

/** What a process with network needs from the host to reach the host's indexes; none of it stays in a runtime. */
export interface NetworkAccess {
  /** Proxy variables and the variables that point programs at the bound authority bundle. */
  readonly env: Readonly<Record<string, string>>;
  /** The authority bundle at a path of our own, resolv.conf, hosts. */
  readonly binds: readonly Bind[];
  /** Strings that must not appear in any output (passwords in proxy URLs). */
  readonly secrets: readonly string[];
}

export interface HostNetwork {
  access(): Promise<NetworkAccess>;
  /** The host's certificate bundle (PEM), or undefined where the host has none. */
  authoritiesPath(): string | undefined;
}

export const HOST_NETWORK = token<HostNetwork>('host-network');
