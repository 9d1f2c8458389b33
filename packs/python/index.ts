import type { DependencyContainer } from 'tsyringe';
import { PACK } from '../../core/contracts/language-pack.js';
import { PythonPack } from './python-pack.js';

export { PythonPack } from './python-pack.js';

/** Python 3.9 and later from the distribution, packages from pip's index. Keys: `pip`, `pip_options`. */
export function register(container: DependencyContainer): void {
  container.register(PACK, { useClass: PythonPack });
}
