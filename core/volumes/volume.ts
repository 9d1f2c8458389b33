import { usageError } from '../errors/errors.js';
import { quote } from '../spec/printable.js';
import { parseSize } from '../spec/size.js';

/** `filesystem`: on the store's disk. `memory`: in the host's memory, gone when it restarts. */
export type VolumeType = 'filesystem' | 'memory';

/** A file system that outlives jobs, at /volumes/NAME in those that ask for it. */
export interface Volume {
  readonly name: string;
  /** As it was asked for: `1GB`. */
  readonly size: string;
  readonly sizeBytes: number;
  readonly type: VolumeType;
  readonly createdAt: string;
  readonly imagePath: string;
  /** One in memory is lost when the host restarts: it can only be removed then. */
  readonly lost: boolean;
  readonly inUse: boolean;
}

export interface VolumeRequest {
  readonly name: string;
  /** `512MB`, `1GB`, `1.5GB`. */
  readonly size: string;
  /** @default 'filesystem' */
  readonly type?: VolumeType;
}

/** What a job asks for: `NAME` or `NAME:ro`. */
export interface VolumeUse {
  readonly name: string;
  /** @default false */
  readonly readonly?: boolean;
}

/** A directory's name in the store and in jobs. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** ext4 with a journal has no room for files below. */
const MIN_BYTES = 4 * 1024 * 1024;
/** Of ext4 with blocks of 4 KB. */
const MAX_BYTES = 16 * 1024 ** 4;

/** Throws E_USAGE. */
export function checkVolumeName(name: string): void {
  if (NAME.test(name)) return;
  throw usageError(
    `volume name ${quote(name)}: not a name`,
    'up to 63 small letters, digits, "-" and "_"; the first is a letter or digit',
  );
}

/** Bytes of `1GB`, or of `1G`. Throws E_USAGE. */
export function parseVolumeSize(text: string): number {
  const bytes = parseSize(text) ?? parseSize(`${text}B`);
  if (bytes === undefined) throw usageError(`volume size ${quote(text)}: not a size`, 'write it as in 512MB or 1GB');
  if (bytes < MIN_BYTES) throw usageError(`volume size ${text}: too small`, 'at least 4MB, of which 3 are for files');
  if (bytes > MAX_BYTES) throw usageError(`volume size ${text}: too large`, 'at most 16TB');
  return bytes - (bytes % 4096);
}

/** Reads `NAME` or `NAME:ro`. Throws E_USAGE. */
export function parseVolumeUse(text: string): VolumeUse {
  const [name = '', mode, ...more] = text.split(':');
  if (more.length > 0 || (mode !== undefined && mode !== 'ro' && mode !== 'rw')) {
    throw usageError(
      `volume ${quote(text)}: not NAME or NAME:ro`,
      'write data, or data:ro to keep the job from writing',
    );
  }
  checkVolumeName(name);
  return { name, readonly: mode === 'ro' };
}
