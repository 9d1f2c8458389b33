import { JobletError } from '../../core/pack-kit.js';

/** The packages of `npm` cannot be installed, for another reason than that one is not there. */
export function npmFailed(reason: string, hint: string, details: Record<string, unknown> = {}): JobletError {
  return new JobletError({
    code: 'E_NPM_INSTALL',
    message: `npm install failed: ${reason}`,
    hint,
    exit: 'package',
    details,
  });
}
