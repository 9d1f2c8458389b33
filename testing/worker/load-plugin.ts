import type { DependencyContainer, InjectionToken } from 'tsyringe';
import type { Plugin } from '../../core/container.js';
import { HOST } from '../../core/contracts/host.js';
import { HOST_NETWORK } from '../../core/contracts/host-network.js';
import { ID_MAP } from '../../core/contracts/id-map.js';
import { ISOLATOR } from '../../core/contracts/isolator.js';
import { PACK } from '../../core/contracts/language-pack.js';
import { PHASE } from '../../core/contracts/phase.js';
import { PLATFORM } from '../../core/contracts/platform-adapter.js';
import type { Contribution, JobletPlugin, PluginServices } from '../../core/contracts/plugin.js';
import { STORE_ROOT } from '../../core/contracts/store-root.js';
import { TOOLCHAIN_SOURCE } from '../../core/contracts/toolchain-source.js';

/** The plugin that a module exports, as something that can be registered. */
export async function loadPlugin(url: string): Promise<Plugin> {
  const module: { readonly default?: JobletPlugin; readonly plugin?: JobletPlugin } = await import(url);
  const plugin = module.default ?? module.plugin;
  if (plugin === undefined) throw new Error(`${url} exports no plugin, neither as its default nor as \`plugin\``);
  return (container) => {
    contribute(container, PACK, plugin.packs);
    contribute(container, PHASE, plugin.phases);
    contribute(container, PLATFORM, plugin.platforms);
    contribute(container, TOOLCHAIN_SOURCE, plugin.toolchainSources);
  };
}

function contribute<T>(
  container: DependencyContainer,
  token: InjectionToken<T>,
  contributions: readonly Contribution<T>[] = [],
): void {
  for (const one of contributions) {
    container.register(token, {
      useFactory: (inner) => (isFactory(one) ? one(servicesOf(inner)) : one),
    });
  }
}

function isFactory<T>(contribution: Contribution<T>): contribution is (services: PluginServices) => T {
  return typeof contribution === 'function';
}

function servicesOf(container: DependencyContainer): PluginServices {
  return {
    host: container.resolve(HOST),
    ids: container.resolve(ID_MAP),
    network: container.resolve(HOST_NETWORK),
    isolator: container.resolve(ISOLATOR),
    storeRoot: container.resolve(STORE_ROOT),
  };
}
