import { buildStepFailed, networkFailed } from '../../../core/errors/errors.js';
import { JobletError } from '../../../core/errors/joblet-error.js';

/** An index or archive that is not what its signature or hash says. */
export function repositoryUntrusted(message: string, hint: string, details: Record<string, unknown>): JobletError {
  return new JobletError({ code: 'E_REPOSITORY_UNTRUSTED', message, hint, exit: 'network', details });
}

const SIGNATURE =
  /is not signed|NO_PUBKEY|BADSIG|EXPKEYSIG|signatures? (?:couldn't be verified|were invalid)|isn't signed/i;
const HASH = /Hash Sum mismatch|unexpected size|Clearsigned file isn't valid/i;
const EXPIRED = /is expired|not valid yet|Valid-Until/i;
const DISK_FULL = /No space left on device|not have enough free space/i;
const FETCH =
  /Failed to fetch|Could not (?:resolve|connect|wait)|Unable to fetch|does not have a Release file|Connection (?:failed|timed out|refused)|Temporary failure|Cannot initiate the connection|no longer has a Release|Certificate verification failed|handshake|404 +Not Found|407 +Proxy/i;

/** What a failed apt command was about. `what` begins the message: "fetching the package index of bookworm". */
export function aptFailure(what: string, output: string, path?: string): JobletError {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const first = (pattern: RegExp): string => shorten(lines.find((line) => pattern.test(line)) ?? '');
  const details = { stderrTail: lines.slice(-20).join('\n') };
  if (DISK_FULL.test(output)) {
    const where = path === undefined ? '' : ` on the file system of ${path}`;
    const hint = 'free space there, or move the store with --root or JOBLET_ROOT';
    return buildStepFailed(`${what} failed: no space left on device${where}`, hint, { ...details, diskFull: true });
  }
  if (HASH.test(output)) {
    const hint = 'the mirror gave something else than its index says: try again in some minutes, or use another mirror';
    return repositoryUntrusted(`${what} failed: ${first(HASH)}`, hint, details);
  }
  if (SIGNATURE.test(output)) {
    const hint = "the index is not signed by a key that this host's apt trusts for it: see Signed-By in its sources";
    return repositoryUntrusted(`${what} failed: ${first(SIGNATURE)}`, hint, details);
  }
  if (EXPIRED.test(output)) {
    const hint = "the mirror's index is too old, or this host's clock is wrong";
    return repositoryUntrusted(`${what} failed: ${first(EXPIRED)}`, hint, details);
  }
  if (FETCH.test(output)) {
    const hint = "check the network, the proxy settings and the mirrors in this host's apt sources";
    return networkFailed(`${what} failed: ${first(FETCH)}`, hint, new Error(details.stderrTail));
  }
  const error = lines.filter((line) => /^(E|dpkg): |[Ee]rror/.test(line)).at(-1) ?? lines.at(-1) ?? 'no output';
  return buildStepFailed(
    `${what} failed: ${shorten(error)}`,
    'the log has the whole output: run again with -v',
    details,
  );
}

function shorten(line: string): string {
  return line
    .replace(/^\s*[EWN]: /, '')
    .trim()
    .slice(0, 300);
}
