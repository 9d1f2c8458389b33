import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { ValidateBuild } from './validate-build.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: ValidateBuild });
}
