import 'reflect-metadata';
import { MinimalRootMaker } from '../core/build/minimal-root.js';
import { createContainer, type Plugin } from '../core/container.js';
import { BASE_ROOT_MAKER, type BaseRootMaker } from '../core/contracts/base-root.js';
import type { Host } from '../core/contracts/host.js';
import { ISOLATOR, type Isolator } from '../core/contracts/isolator.js';
import type { Builder } from '../core/engine/builder.js';
import { Engine } from '../core/engine/engine.js';
import { builtInPlugins } from './built-in.js';

export * from '../core/index.js';
export { builtInPlugins };

export interface BuilderOptions {
  /** The store. @default '/opt/joblet' */
  readonly root?: string;
  /** What the engine knows of its surroundings: proxies, pip's configuration. @default an empty environment, home /root */
  readonly host?: Host;
  /** Sandboxes that are kept prepared, so that jobs like the last one start sooner. Call `close` in the end. @default 0 */
  readonly readySandboxes?: number;
  /** Registered after the built-in ones: more phases, packs, platforms, or another isolator. */
  readonly plugins?: readonly Plugin[];
}

/** What makes a store's minimal root, for an engine of jobs alone. */
export function createBaseRootMaker(options: { readonly root: string; readonly host: Host }): BaseRootMaker {
  return createContainer({ ...options, plugins: [...builtInPlugins, minimalRoot] }).resolve(MinimalRootMaker);
}

const minimalRoot: Plugin = (container) => {
  container.register(BASE_ROOT_MAKER, { useClass: MinimalRootMaker });
};

/**
 * An engine over one store: the same one that `rnx` uses. Engines share nothing but the store, and that is safe to share.
 * Building and running need root; validating a spec's text does not.
 */
export function createBuilder(options: BuilderOptions = {}): Builder {
  const host = options.host ?? { env: {}, home: '/root', now: () => new Date() };
  const plugins = [...builtInPlugins, minimalRoot, ...(options.plugins ?? [])];
  const container = createContainer({ root: options.root ?? '/opt/joblet', host, plugins });
  const { readySandboxes = 0 } = options;
  if (readySandboxes > 0) void container.resolve<Isolator>(ISOLATOR).keepReady?.(readySandboxes);
  return container.resolve(Engine);
}
