import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { CopyLibraries } from './copy-libraries.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: CopyLibraries });
}
