import { suggest } from '../spec/suggest.js';
import { JobletError } from './joblet-error.js';

export function volumeNotFound(name: string, available: readonly string[]): JobletError {
  const nearest = suggest(name, available);
  const hint = nearest
    ? `did you mean ${nearest}?`
    : available.length > 0
      ? `there are: ${available.join(', ')}`
      : 'create one with: rnx volume create NAME --size 1GB';
  return new JobletError({
    code: 'E_VOLUME_NOT_FOUND',
    message: `volume not found: ${name}`,
    hint,
    exit: 'notFound',
    details: { volume: name, available },
  });
}

/** It was in memory. */
export function volumeLost(name: string): JobletError {
  return new JobletError({
    code: 'E_VOLUME_LOST',
    message: `volume ${name} was in memory and is gone since the host restarted`,
    hint: `make it anew: rnx volume remove ${name}, then rnx volume create ${name} --type memory`,
    exit: 'notFound',
    details: { volume: name },
  });
}

export function volumeExists(name: string): JobletError {
  return new JobletError({
    code: 'E_VOLUME_EXISTS',
    message: `volume ${name} exists already`,
    hint: `use it, choose another name, or remove it: rnx volume remove ${name}`,
    exit: 'usage',
    details: { volume: name },
  });
}

export function volumeInUse(name: string): JobletError {
  return new JobletError({
    code: 'E_VOLUME_IN_USE',
    message: `volume ${name} is in use by a job`,
    hint: 'wait for the job, or stop it, and try again',
    exit: 'hostUnfit',
    details: { volume: name },
  });
}

export function volumeDamaged(imagePath: string, output: string): JobletError {
  return new JobletError({
    code: 'E_VOLUME_DAMAGED',
    message: `the file system of a volume is damaged: ${output.split('\n')[0] ?? imagePath}`,
    hint: `repair it by hand: e2fsck -f ${imagePath}`,
    exit: 'hostUnfit',
    details: { imagePath, output },
  });
}
