import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { PreInstallHook } from './pre-install-hook.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: PreInstallHook });
}
