import type { DependencyContainer } from 'tsyringe';
import { PHASE } from '../../../core/contracts/phase.js';
import { ParseValidate } from './parse-validate.js';

export function register(container: DependencyContainer): void {
  container.register(PHASE, { useClass: ParseValidate });
}
