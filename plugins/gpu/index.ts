import type { DependencyContainer } from 'tsyringe';
import { GPUS } from '../../core/contracts/gpus.js';
import { CdiGpus } from './cdi-gpus.js';

/** GPUs for jobs, by the vendors' own descriptions. */
export function register(container: DependencyContainer): void {
  container.register(GPUS, { useClass: CdiGpus });
}
