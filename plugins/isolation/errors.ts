import { JobletError } from '../../core/errors/joblet-error.js';

/** The process never ran: its root, a bind, or its working directory is not as it must be, or the host refused. */
export function processNotStarted(reason: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({
    code: 'E_NOT_STARTED',
    message: `the process could not be started: ${reason}`,
    hint,
    exit: 'jobNotRun',
    cause,
  });
}
