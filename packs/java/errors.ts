import { JobletError } from '../../core/pack-kit.js';

/** The coordinates of `maven` cannot be resolved together, for another reason than that one is not there. */
export function mavenFailed(reason: string, hint: string, details: Record<string, unknown> = {}): JobletError {
  return new JobletError({
    code: 'E_MAVEN_RESOLVE',
    message: `Maven packages cannot be resolved: ${reason}`,
    hint,
    exit: 'package',
    details,
  });
}
