import { Config } from '@oclif/core/config';
import type { Hook, Hooks } from '@oclif/core/hooks';
import { JOBLET_VERSION } from '../core/version.js';

/**
 * As much of oclif's configuration as a command of this package uses. Loading all of it (plugins, manifests, themes) takes longer
 * than most commands do.
 */
export class BareConfig extends Config {
  override bin = 'rnx';
  override version = JOBLET_VERSION;

  constructor() {
    super({ root: '' });
  }

  /** No plugin has a hook around a command of ours. */
  override async runHook<T extends keyof Hooks>(): Promise<Hook.Result<Hooks[T]['return']>> {
    return { successes: [], failures: [] };
  }
}
