import type { DependencyContainer } from 'tsyringe';
import { PLATFORM } from '../../../core/contracts/platform-adapter.js';
import { YUM_HOST, YumPlatform } from './yum-platform.js';

export { YUM_HOST, YumPlatform } from './yum-platform.js';

/** Red Hat Enterprise Linux and its rebuilds, Fedora, Amazon Linux. */
export function register(container: DependencyContainer): void {
  container.register(YUM_HOST, { useValue: { osRelease: '/etc/os-release', config: '/etc/dnf/dnf.conf' } });
  container.registerSingleton(PLATFORM, YumPlatform);
}
