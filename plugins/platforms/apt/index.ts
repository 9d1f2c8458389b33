import type { DependencyContainer } from 'tsyringe';
import { PLATFORM } from '../../../core/contracts/platform-adapter.js';
import { AptPlatform, OS_RELEASE_PATH } from './apt-platform.js';

/** Debian, Ubuntu and their like. */
export function register(container: DependencyContainer): void {
  container.register(OS_RELEASE_PATH, { useValue: '/etc/os-release' });
  container.registerSingleton(PLATFORM, AptPlatform);
}
