import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { CheckDiskSpace } from './check-disk-space.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: CheckDiskSpace });
}
