import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommandRunner, RootCommandResult } from '../../core/contracts/command-runner.js';
import type { Bind } from '../../core/contracts/isolator.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory, ownDirectory, readPlainFile, writePrivateFile } from '../../core/pack-kit.js';
import { readCargoSettings } from './cargo-settings.js';
import type { RustHost } from './rust-host.js';

/** Where a command finds manifests and settings. Nothing of it stays in a root. */
export const PROJECT = '/tmp/joblet-cargo';
const CARGO_HOME = `${PROJECT}/home`;

/** Commands over one directory of projects, with the host's registries at hand. */
export interface CargoSession {
  /** The directory, on the host. */
  readonly dir: string;
  /** `cargo ARGS`. */
  cargo(args: readonly string[], options?: { readonly quiet?: boolean }): Promise<RootCommandResult>;
  /** Writes a file that cargo may change. */
  write(name: string, text: string): Promise<void>;
  /** A file as cargo left it. */
  read(name: string): string;
  /** Where cargo has unpacked a crate of a registry, `NAME-VERSION`, as it calls that. */
  unpacked(crate: string): string | undefined;
  /** Copies a directory, both as cargo calls them. */
  copy(from: string, to: string): Promise<RootCommandResult>;
  /** Whether cargo has made a file. */
  has(name: string): boolean;
}

/** Lets the cargo of the root behind `runner` fetch and resolve, for the time of `work`. */
export async function withCargoSession<T>(
  runner: CommandRunner,
  services: PackServices,
  own: RustHost,
  work: (session: CargoSession) => Promise<T>,
): Promise<T> {
  const settings = await readCargoSettings(own.host);
  const dir = await makePrivateDirectory(services.scratchDir, 'cargo', own.ids);
  try {
    const directory = async (name: string) => {
      let made = dir;
      for (const part of name.split('/').filter(Boolean)) made = await ownDirectory(path.join(made, part), own.ids);
      return made;
    };
    await directory('.cargo');
    await writePrivateFile(path.join(dir, '.cargo/config.toml'), settings.text, own.ids);
    // What one registry has under a name is another thing than what another one has. What a root that a hook has changed has
    // fetched serves it alone.
    const key = createHash('sha256')
      .update(JSON.stringify([settings.text, Object.entries(settings.env), settings.binds]))
      .digest('hex');
    const isShared = runner === services.tools;
    const cache = isShared ? path.join(services.cacheDir, 'registries', key.slice(0, 40)) : await directory('cache');
    // Archives and indexes serve all; cargo empties the directory of unpacked sources now and then.
    await directory('home/registry');
    const shared: Bind[] = [];
    for (const name of ['cache', 'index']) {
      const hostPath = await ownDirectory(path.join(cache, name), own.ids);
      await directory(`home/registry/${name}`);
      shared.push({ hostPath, rootPath: `${CARGO_HOME}/registry/${name}`, writable: true });
    }
    const run = (args: readonly string[], quiet = false) =>
      runner.run({
        args,
        cwd: PROJECT,
        env: { ...CARGO_ENVIRONMENT, ...(isShared ? {} : OLD_CARGO), ...settings.env },
        binds: [{ hostPath: dir, rootPath: PROJECT, writable: true }, ...shared, ...settings.binds],
        network: true,
        quiet,
        secrets: settings.secrets,
      });
    return await work({
      dir,
      cargo: (args, { quiet = false } = {}) => run(['cargo', ...args], quiet),
      unpacked: (crate) => {
        const src = 'home/registry/src';
        const registries = existsSync(path.join(dir, src)) ? readdirSync(path.join(dir, src)) : [];
        const found = registries.find((one) => existsSync(path.join(dir, src, one, crate)));
        return found === undefined ? undefined : `${PROJECT}/${src}/${found}/${crate}`;
      },
      copy: (from, to) => run(['cp', '-r', '--', from, to]),
      has: (name) => existsSync(path.join(dir, name)),
      write: async (name, text) => {
        await directory(path.dirname(name));
        await writePrivateFile(path.join(dir, name), text, own.ids);
      },
      read: (name) => readPlainFile(path.join(dir, name)).toString('utf8'),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const CARGO_ENVIRONMENT = {
  HOME: PROJECT,
  CARGO_HOME,
  CARGO_TERM_COLOR: 'never',
  // What a compiler of another release cannot build is passed over, by a cargo that can.
  CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: 'fallback',
  // Where it is not yet the default.
  CARGO_REGISTRIES_CRATES_IO_PROTOCOL: 'sparse',
  CARGO_NET_RETRY: '2',
  // Tokens as they stand in the settings; providers of the host are programs of the host.
  CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS: 'cargo:token',
};

/** The cargo of a root may be older than the sparse protocol of registries: from 1.60 on it had it, for those who ask in this way. */
const OLD_CARGO = { RUSTC_BOOTSTRAP: '1', CARGO_UNSTABLE_SPARSE_REGISTRY: 'true' };
