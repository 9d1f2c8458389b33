import 'reflect-metadata';
import { createContainer, type Plugin } from '../core/container.js';
import { BASE_ROOT_MAKER, type BaseRootMaker } from '../core/contracts/base-root.js';
import type { Host } from '../core/contracts/host.js';
import { JobEngine } from '../core/engine/job-engine.js';
import type { Jobs } from '../core/engine/jobs.js';
import { register as gpu } from './gpu/index.js';
import { register as isolation } from './isolation/index.js';
import { register as volumes } from './volumes/index.js';

/** The builder, with all that it needs, is loaded when the minimal root is to be made. */
function lazyBaseRoot(options: { readonly root: string; readonly host: Host }): Plugin {
  const maker: BaseRootMaker = {
    make: async (request) => (await import('./index.js')).createBaseRootMaker(options).make(request),
  };
  return (container) => {
    container.register(BASE_ROOT_MAKER, { useValue: maker });
  };
}

/** The jobs of a store without the means to build: what `createBuilder` gives too, loaded in a fraction of the time. */
export function createJobs(options: { readonly root: string; readonly host: Host }): Jobs {
  return createContainer({ ...options, plugins: [isolation, gpu, volumes, lazyBaseRoot(options)] }).resolve(JobEngine);
}
