import { JobletError } from '../../../core/errors/joblet-error.js';

/** An archive, or a list of checksums, is not what its vendor published. */
export function checksumWrong(what: string, reason: string): JobletError {
  return new JobletError({
    code: 'E_CHECKSUM',
    message: `${what} ${reason}`,
    hint: 'try again; if it stays so, the address serves something that is not its vendor’s: name another in toolchains.addresses',
    exit: 'network',
    details: { url: what },
  });
}
