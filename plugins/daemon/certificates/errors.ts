import { JobletError } from '../../../core/errors/joblet-error.js';

export function certificatesExist(directory: string): JobletError {
  return new JobletError({
    code: 'E_CERTIFICATES_EXIST',
    message: `there is a certificate authority already: ${directory}`,
    hint: 'issue more client certificates with: rnx cert issue NAME --role=ROLE; or rotate what is there: rnx cert rotate',
    exit: 'usage',
    details: { directory },
  });
}

export function certificatesMissing(directory: string): JobletError {
  return new JobletError({
    code: 'E_CERTIFICATES_MISSING',
    message: `there is no certificate authority in ${directory}`,
    hint: 'make one: rnx cert init',
    exit: 'notFound',
    details: { directory },
  });
}

export function certificateNotFound(wanted: string): JobletError {
  return new JobletError({
    code: 'E_CERTIFICATE_NOT_FOUND',
    message: `certificate not found: ${wanted}`,
    hint: 'rnx cert list shows names and serial numbers',
    exit: 'notFound',
    details: { certificate: wanted },
  });
}
