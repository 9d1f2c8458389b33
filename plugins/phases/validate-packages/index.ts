import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { ValidatePackages } from './validate-packages.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: ValidatePackages });
}
