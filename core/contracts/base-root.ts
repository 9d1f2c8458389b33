import { token } from './token.js';

/** Makes the minimal root of jobs that name no runtime, once per store. */
export interface BaseRootMaker {
  /** Resolves with the root's path. Throws E_NETWORK, E_PLATFORM, E_DISK_FULL, … */
  make(options: { readonly onProgress: (message: string) => void; readonly signal?: AbortSignal }): Promise<string>;
}

export const BASE_ROOT_MAKER = token<BaseRootMaker>('base-root-maker');
