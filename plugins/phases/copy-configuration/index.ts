import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { CopyConfiguration } from './copy-configuration.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: CopyConfiguration });
}
