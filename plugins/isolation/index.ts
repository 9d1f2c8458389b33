import type { DependencyContainer } from 'tsyringe';
import { ISOLATOR } from '../../core/contracts/isolator.js';
import { CrunIsolator } from './crun-isolator.js';

/** Runs processes in roots through an OCI runtime: crun, or runc where that is what there is. */
export function register(container: DependencyContainer): void {
  container.registerSingleton(ISOLATOR, CrunIsolator);
}
