import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { InstallPackages } from './install-packages.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: InstallPackages });
}
