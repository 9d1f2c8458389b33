import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { CopyBinaries } from './copy-binaries.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: CopyBinaries });
}
