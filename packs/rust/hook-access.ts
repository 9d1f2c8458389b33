import type { NetworkAccess } from '../../core/contracts/host-network.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory, writePrivateFile } from '../../core/pack-kit.js';
import { readCargoSettings } from './cargo-settings.js';
import type { RustHost } from './rust-host.js';

const INSIDE = '/tmp/joblet-cargo-home';

/** The way to the registries for a cargo that a hook calls: a home of its own, which goes with the scratch directory. */
export async function hookAccess(services: PackServices, own: RustHost): Promise<NetworkAccess> {
  const settings = await readCargoSettings(own.host);
  const dir = await makePrivateDirectory(services.scratchDir, 'cargo-hook', own.ids);
  await writePrivateFile(`${dir}/config.toml`, settings.text, own.ids);
  return {
    // Programs of `cargo install` are for the runtime.
    env: {
      CARGO_HOME: INSIDE,
      CARGO_INSTALL_ROOT: '/usr/local',
      CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS: 'cargo:token',
      ...settings.env,
    },
    binds: [{ hostPath: dir, rootPath: INSIDE, writable: true }, ...settings.binds],
    secrets: settings.secrets,
  };
}
