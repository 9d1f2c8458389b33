import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { PostInstallHook } from './post-install-hook.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: PostInstallHook });
}
