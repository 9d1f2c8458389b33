import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { DetectPlatform } from './detect-platform.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: DetectPlatform });
}
