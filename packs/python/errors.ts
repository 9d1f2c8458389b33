import { JobletError } from '../../core/pack-kit.js';

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

/** The pinned pip is not to be had, and the distribution's cannot say what it would install. */
export function pipTooOld(): JobletError {
  return pipInstallFailed("the distribution's pip is too old to resolve packages: 22.2 or later is needed", {
    hint: 'joblet uses a newer pip when the index of this host (PIP_INDEX_URL, pip.conf) has it: see packs/python/README.md',
  });
}
