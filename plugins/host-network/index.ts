import type { DependencyContainer } from 'tsyringe';
import { HOST_NETWORK } from '../../core/contracts/host-network.js';
import { SystemHostNetwork } from './system-host-network.js';

export function register(container: DependencyContainer): void {
  container.register(HOST_NETWORK, { useClass: SystemHostNetwork });
}
