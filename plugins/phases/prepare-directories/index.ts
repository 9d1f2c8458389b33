import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { PrepareDirectories } from './prepare-directories.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: PrepareDirectories });
}
