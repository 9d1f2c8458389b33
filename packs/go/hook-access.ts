import type { NetworkAccess } from '../../core/contracts/host-network.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import type { GoHost } from './go-host.js';
import { readGoSettings } from './go-settings.js';

/** The way to the modules for a go that a hook calls. */
export async function hookAccess(_services: PackServices, own: GoHost): Promise<NetworkAccess> {
  const { env, secrets } = await readGoSettings(own.host);
  return { env: { ...env, GOTOOLCHAIN: 'local' }, binds: [], secrets };
}
