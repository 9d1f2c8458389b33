import 'reflect-metadata';
import { type DependencyContainer, container as rootContainer } from 'tsyringe';
import { loadConfig } from './config/load-config.js';
import { CONFIGURATION } from './contracts/configuration.js';
import { HOST, type Host } from './contracts/host.js';
import { DEFAULT_ID_MAP, ID_MAP } from './contracts/id-map.js';
import { STORE_ROOT } from './contracts/store-root.js';

/** A plugin: one function that registers what it brings. */
export type Plugin = (container: DependencyContainer) => void;

/** A container of its own for each engine: two in one process share nothing. Later plugins win. */
export function createContainer(options: {
  readonly root: string;
  readonly host: Host;
  readonly plugins: readonly Plugin[];
}): DependencyContainer {
  const container = rootContainer.createChildContainer();
  container.register(STORE_ROOT, { useValue: options.root });
  container.register(HOST, { useValue: options.host });
  container.register(CONFIGURATION, { useValue: { load: () => loadConfig(options.root) } });
  container.register(ID_MAP, { useValue: DEFAULT_ID_MAP });
  for (const register of options.plugins) register(container);
  return container;
}
