import type { DependencyContainer } from 'tsyringe';
import { PACK } from '../../core/contracts/language-pack.js';
import { RustPack } from './rust-pack.js';

export { RustPack } from './rust-pack.js';

/** Rust with cargo, and crates. Key: `cargo`. */
export function register(container: DependencyContainer): void {
  container.register(PACK, { useClass: RustPack });
}
