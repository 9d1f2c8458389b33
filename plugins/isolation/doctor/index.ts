import type { DependencyContainer } from 'tsyringe';
import { HOST_CHECK } from '../../../core/contracts/host-check.js';
import { HOST_VIEW, SystemHostView } from './host-view.js';
import { KernelCheck } from './kernel-check.js';
import { LimitsCheck } from './limits-check.js';
import { ProgramsCheck } from './programs-check.js';
import { RuntimeCheck } from './runtime-check.js';
import { StoreCheck } from './store-check.js';

/** What `rnx doctor` looks at, in this order. */
export function register(container: DependencyContainer): void {
  container.register(HOST_VIEW, { useClass: SystemHostView });
  for (const check of [KernelCheck, RuntimeCheck, LimitsCheck, ProgramsCheck, StoreCheck]) {
    container.register(HOST_CHECK, { useClass: check });
  }
}
