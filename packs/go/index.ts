import type { DependencyContainer } from 'tsyringe';
import { PACK } from '../../core/contracts/language-pack.js';
import { GoPack } from './go-pack.js';

export { GoPack } from './go-pack.js';

/** Go, with what compiles C for it, and modules of a module proxy. Key: `go`. */
export function register(container: DependencyContainer): void {
  container.register(PACK, { useClass: GoPack });
}
