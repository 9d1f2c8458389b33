import { token } from './token.js';

export interface NewVolumeImage {
  /** Nothing is there yet. */
  readonly path: string;
  /** Of the image, and so of all that is in it. */
  readonly sizeBytes: number;
  /** False for a file system that need not survive the host's crash. */
  readonly durable: boolean;
}

/** The file systems that volumes are: each an image that jobs mount, of a size that the kernel enforces. */
export interface VolumeImages {
  /** Makes an empty file system whose top anyone in a job can write (mode 1777), in a file that is root's alone. It takes disk as
   * it fills. Leaves nothing on failure. Throws E_HOST_UNFIT, E_DISK_FULL. */
  create(image: NewVolumeImage): Promise<void>;
  /** Brings in order what a crash of the host left. Never for an attached image. Throws E_VOLUME_DAMAGED. */
  repair(path: string): Promise<void>;
  /** Whether any job of this host has it mounted: the kernel knows, however a job or rnx ended. */
  isAttached(path: string): Promise<boolean>;
}

export const VOLUME_IMAGES = token<VolumeImages>('volume-images');
