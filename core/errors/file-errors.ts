import { getSystemErrorMap } from 'node:util';
import { JobletError } from './joblet-error.js';

/** Something that was to be uploaded cannot be; the job is not started. */
export function uploadFailed(path: string, reason: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({
    code: 'E_UPLOAD',
    message: `cannot upload ${path}: ${reason}`,
    hint,
    exit: 'usage',
    cause,
    details: { path },
  });
}

/** The job has run, but what it left cannot be written where it was wanted. */
export function downloadFailed(path: string, reason: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({
    code: 'E_DOWNLOAD',
    message: `cannot download ${path}: ${reason}`,
    hint,
    exit: 'hostUnfit',
    cause,
    details: { path },
  });
}

/** `no such file or directory`, as the system's own programs say it. */
export function systemReason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const known = 'errno' in cause && typeof cause.errno === 'number' ? getSystemErrorMap().get(cause.errno) : undefined;
  return known?.[1] ?? cause.message;
}
