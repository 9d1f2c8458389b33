import { goLoader } from './go.js';
import { javaLoader } from './java.js';
import type { VendorLoader } from './loader.js';
import { nodeLoader } from './node.js';
import { npmRegistryLoader } from './npm-registry.js';
import { pythonLoader } from './python.js';
import { rustLoader } from './rust.js';

export type Loaders = ReadonlyMap<string, VendorLoader>;

/** By language. */
export const LOADERS = byLanguage([goLoader, javaLoader, nodeLoader, pythonLoader, rustLoader]);

export const NPM_LOADERS = byLanguage([npmRegistryLoader]);

function byLanguage(loaders: readonly VendorLoader[]): Loaders {
  return new Map(loaders.map((loader) => [loader.language, loader]));
}
