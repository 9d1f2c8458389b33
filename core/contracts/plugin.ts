import type { Host } from './host.js';
import type { HostNetwork } from './host-network.js';
import type { IdMap } from './id-map.js';
import type { Isolator } from './isolator.js';
import type { LanguagePack } from './language-pack.js';
import type { Phase } from './phase.js';
import type { PlatformAdapter } from './platform-adapter.js';
import type { ToolchainSource } from './toolchain-source.js';

/** The version of all that this package exports to plugins. It rises only when a plugin that worked would no longer work. */
export const API_VERSION = 1;

/** What a factory of a plugin is called with, once per engine: nothing in a plugin has to be global, and a test passes its own. */
export interface PluginServices {
  readonly host: Host;
  /** Whose ids the files of roots and layers belong to. */
  readonly ids: IdMap;
  /** What a command with network needs from the host. */
  readonly network: HostNetwork;
  readonly isolator: Isolator;
  /** The store's absolute path. */
  readonly storeRoot: string;
}

/** The thing itself, or a function that makes it. Functions and plain objects, no decorators: those of another copy of tsyringe mean
 * nothing here. */
export type Contribution<T> = T | ((services: PluginServices) => T);

/** A phase that is put around another one, built in or not: the innermost is the original. */
export interface PhaseWrapper {
  /** Id of the phase that it is put around: `validate-build`. */
  readonly id: string;
  /** Called once per engine. The result stands for the phase: number and id stay the original's. */
  wrap(inner: Phase, services: PluginServices): Pick<Phase, 'run'>;
}

/**
 * What a package with the keyword `joblet-plugin` exports, as its default or under the name `plugin`. Loading it must do nothing
 * else: it is loaded by commands that build nothing.
 */
export interface JobletPlugin {
  /** The `API_VERSION` that it was written for. Another one than this joblet's: it is named and left out. */
  readonly apiVersion: number;
  /** As messages name it; its package's name. */
  readonly name: string;
  readonly packs?: readonly Contribution<LanguagePack>[];
  /** New phases, at fractions between the built-in ones (13.5), or in place of one, with its number and id. */
  readonly phases?: readonly Contribution<Phase>[];
  readonly wrapPhases?: readonly PhaseWrapper[];
  readonly platforms?: readonly Contribution<PlatformAdapter>[];
  readonly toolchainSources?: readonly Contribution<ToolchainSource>[];
}

/** Gives an object literal its type; returns it as it is. */
export function definePlugin(plugin: JobletPlugin): JobletPlugin {
  return plugin;
}
