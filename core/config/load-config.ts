import { readFileSync } from 'node:fs';
import path from 'node:path';
import { configUnreadable } from '../errors/errors.js';
import type { Config } from './config.js';
import { DEFAULT_CONFIG } from './config.js';

/** Where a store's configuration is. */
export function configPath(root: string): string {
  return path.join(root, 'config/config.yml');
}

/** The configuration of a store. Without a file the parser is not even loaded: this is on the way of every job. Throws
 * E_CONFIG_INVALID. */
export async function loadConfig(root: string): Promise<Config> {
  const file = configPath(root);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return DEFAULT_CONFIG;
    throw configUnreadable(file, error);
  }
  const { parseConfig } = await import('./parse-config.js');
  return parseConfig(text, file);
}
