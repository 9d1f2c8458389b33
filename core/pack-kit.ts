/**
 * What a language pack uses of core beside the contracts, which are its only other import of it; a pack of a third party finds
 * the same names in `joblet`. Light: it loads nothing of the engine.
 */
export { makePrivateDirectory, ownDirectory, writePrivateFile } from './build/private-files.js';
export { readPlainFile } from './build/read-plain-file.js';
export { buildStepFailed, diskFull, hostUnfit, networkFailed, packageNotFound } from './errors/errors.js';
export { JobletError } from './errors/joblet-error.js';
export { hasCredentials, redactCredentials } from './spec/redact.js';
export { suggest } from './spec/suggest.js';
