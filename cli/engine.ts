import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Builder } from '../core/engine/builder.js';

export interface EngineOptions {
  /** The store's directory. @default the engine's own: /opt/joblet */
  readonly root?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type OpenBuilder = (options: EngineOptions) => Promise<Builder>;

/** The engine is loaded here and not before, so that help and usage errors stay quick. */
export const openBuilder: OpenBuilder = async ({ root, env }) => {
  const { createBuilder } = await import('../plugins/index.js');
  return createBuilder({
    ...(root === undefined ? {} : { root: resolve(root) }),
    host: { env, home: env['HOME'] || homeOfUser(), now: () => new Date() },
  });
};

/** A user without an entry in the password file has no home; it has no configuration there either. */
function homeOfUser(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}
