import type { DependencyContainer } from 'tsyringe';
import { PACK } from '../../core/contracts/language-pack.js';
import { NodePack } from './node-pack.js';

export { NodePack } from './node-pack.js';

/** Node.js and npm packages. Key: `npm`. */
export function register(container: DependencyContainer): void {
  container.register(PACK, { useClass: NodePack });
}
