import type { NetworkAccess } from '../../core/contracts/host-network.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory } from '../../core/pack-kit.js';
import type { NodeHost } from './node-host.js';
import { readNpmSettings } from './npm-settings.js';
import { writeNpmrc } from './npmrc-directory.js';

const INSIDE = '/tmp/joblet-npm-settings';

/** The way to the registries for an npm that a hook calls. The files go with the scratch directory. */
export async function hookAccess(services: PackServices, own: NodeHost): Promise<NetworkAccess> {
  const settings = await readNpmSettings(own.host);
  const dir = await makePrivateDirectory(services.scratchDir, 'npm-hook', own.ids);
  await writeNpmrc(settings, dir, INSIDE, own);
  return {
    env: { npm_config_userconfig: `${INSIDE}/npmrc`, npm_config_update_notifier: 'false' },
    binds: [{ hostPath: dir, rootPath: INSIDE, writable: true }],
    secrets: settings.secrets,
  };
}
