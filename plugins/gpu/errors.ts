import { JobletError } from '../../core/errors/joblet-error.js';

export function gpuUnavailable(
  message: string,
  hint: string,
  details: Readonly<Record<string, unknown>> = {},
): JobletError {
  return new JobletError({ code: 'E_GPU_UNAVAILABLE', message, hint, exit: 'hostUnfit', details });
}
