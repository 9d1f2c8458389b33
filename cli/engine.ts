import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Host } from '../core/contracts/host.js';
import type { Builder } from '../core/engine/builder.js';
import type { Jobs } from '../core/engine/jobs.js';

export const DEFAULT_STORE = '/opt/joblet';

export interface EngineOptions {
  /** The store's directory. @default '/opt/joblet' */
  readonly root?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type OpenBuilder = (options: EngineOptions) => Promise<Builder>;
export type OpenJobs = (options: EngineOptions) => Promise<Jobs>;

/** The engine is loaded here and not before, so that help and usage errors stay quick. */
export const openBuilder: OpenBuilder = async (options) => {
  const { createBuilder } = await import('../plugins/index.js');
  return createBuilder(settings(options));
};

/** Loads only what jobs need. */
export const openJobs: OpenJobs = async (options) => {
  const { createJobs } = await import('../plugins/jobs.js');
  return createJobs(settings(options));
};

function settings({ root = DEFAULT_STORE, env }: EngineOptions): { readonly root: string; readonly host: Host } {
  return { root: resolve(root), host: { env, home: env['HOME'] || homeOfUser(), now: () => new Date() } };
}

/** A user without an entry in the password file has no home; it has no configuration there either. */
function homeOfUser(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}
