import type { DependencyContainer } from 'tsyringe';
import { VOLUME_IMAGES } from '../../core/contracts/volume-images.js';
import { Ext4Images } from './ext4-images.js';

/** Volumes as ext4 images. */
export function register(container: DependencyContainer): void {
  container.registerSingleton(VOLUME_IMAGES, Ext4Images);
}
