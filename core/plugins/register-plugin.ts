import { type DependencyContainer, type InjectionToken, instancePerContainerCachingFactory } from 'tsyringe';
import type { Plugin } from '../container.js';
import { HOST } from '../contracts/host.js';
import { HOST_NETWORK } from '../contracts/host-network.js';
import { ID_MAP } from '../contracts/id-map.js';
import { ISOLATOR } from '../contracts/isolator.js';
import { PACK } from '../contracts/language-pack.js';
import { PHASE } from '../contracts/phase.js';
import { PLATFORM } from '../contracts/platform-adapter.js';
import type { Contribution, JobletPlugin, PluginServices } from '../contracts/plugin.js';
import { STORE_ROOT } from '../contracts/store-root.js';
import { TOOLCHAIN_SOURCE } from '../contracts/toolchain-source.js';
import { PHASE_WRAP } from '../pipeline/arrange-phases.js';
import { guardSource } from './guard-source.js';

/** A plugin of a third party as one that can be registered. */
export function asPlugin(plugin: JobletPlugin): Plugin {
  return (container) => {
    contribute(container, PACK, plugin.packs);
    contribute(container, PHASE, plugin.phases);
    contribute(container, PLATFORM, plugin.platforms);
    contribute(container, TOOLCHAIN_SOURCE, plugin.toolchainSources, guardSource);
    for (const wrapper of plugin.wrapPhases ?? []) {
      container.register(PHASE_WRAP, {
        useFactory: (inner) => ({
          phase: wrapper.id,
          wrap: (phase) => wrapper.wrap(phase, servicesOf(inner)),
        }),
      });
    }
  };
}

function contribute<T>(
  container: DependencyContainer,
  token: InjectionToken<T>,
  contributions: readonly Contribution<T>[] = [],
  guard: (made: T) => T = (made) => made,
): void {
  for (const one of contributions) {
    // Once per engine, whoever asks.
    const useFactory = instancePerContainerCachingFactory((inner) =>
      guard(isFactory(one) ? one(servicesOf(inner)) : one),
    );
    container.register(token, { useFactory });
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
