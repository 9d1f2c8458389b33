import { goLoader } from './go.js';
import { javaLoader } from './java.js';
import type { VendorLoader } from './loader.js';
import { nodeLoader } from './node.js';
import { pythonLoader } from './python.js';
import { rustLoader } from './rust.js';

/** By language. */
export const LOADERS: ReadonlyMap<string, VendorLoader> = new Map(
  [goLoader, javaLoader, nodeLoader, pythonLoader, rustLoader].map((loader) => [loader.language, loader]),
);
