import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { InstallBase } from './install-base.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: InstallBase });
}
