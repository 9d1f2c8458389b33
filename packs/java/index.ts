import type { DependencyContainer } from 'tsyringe';
import { PACK } from '../../core/contracts/language-pack.js';
import { JavaPack } from './java-pack.js';

export { JavaPack } from './java-pack.js';

/** Java 11 and later, a JDK; libraries from Maven repositories. Key: `maven`. */
export function register(container: DependencyContainer): void {
  container.register(PACK, { useClass: JavaPack });
}
