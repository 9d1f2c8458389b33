import type { DependencyContainer } from 'tsyringe';
import { GPUS, type Gpus } from '../../core/contracts/gpus.js';

/** What reads the descriptions is loaded for the first job that asks: most ask for none, and have to start in milliseconds. */
const gpus: Gpus = {
  choose: async (request) => new (await import('./cdi-gpus.js')).CdiGpus().choose(request),
};

/** GPUs for jobs, by the vendors' own descriptions. */
export function register(container: DependencyContainer): void {
  container.register(GPUS, { useValue: gpus });
}
