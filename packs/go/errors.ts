import { JobletError } from '../../core/pack-kit.js';

/** The modules of `go` cannot be had together, for another reason than that one is not there. */
export function goFailed(reason: string, hint: string, details: Record<string, unknown> = {}): JobletError {
  return new JobletError({
    code: 'E_GO_MODULES',
    message: `Go modules cannot be installed: ${reason}`,
    hint,
    exit: 'package',
    details,
  });
}
