import { createRequire } from 'node:module';

/** import() as Node has it, wherever this code was bundled. */
export async function importModule(url: string): Promise<unknown> {
  const real: { importModule(url: string): Promise<unknown> } = createRequire(import.meta.url)('./import-module.cjs');
  return real.importModule(url);
}
