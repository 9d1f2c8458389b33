import { JobletError } from '../../core/errors/joblet-error.js';

/** pip could not resolve or install what the spec asks for. `reason` is pip's own sentence. */
export function pipInstallFailed(
  reason: string,
  options: { hint: string; details?: Record<string, unknown>; cause?: unknown },
): JobletError {
  return new JobletError({
    code: 'E_PIP_INSTALL',
    message: `pip install failed: ${reason}`,
    hint: options.hint,
    exit: 'package',
    cause: options.cause,
    ...(options.details ? { details: options.details } : {}),
  });
}
