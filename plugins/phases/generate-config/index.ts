import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { GenerateConfig } from './generate-config.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: GenerateConfig });
}
