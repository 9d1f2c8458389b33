import { buildStepFailed, networkFailed } from '../../../core/errors/errors.js';
import { JobletError } from '../../../core/errors/joblet-error.js';

/** An index or archive that is not what its signature or hash says. */
export function repositoryUntrusted(message: string, hint: string, details: Record<string, unknown>): JobletError {
  return new JobletError({ code: 'E_REPOSITORY_UNTRUSTED', message, hint, exit: 'network', details });
}

/** What apt's complaints mean, the more telling first: a fetch also "fails" when a hash is wrong. */
const COMPLAINTS: readonly { readonly pattern: RegExp; readonly untrusted: boolean; readonly hint: string }[] = [
  {
    pattern: /Hash Sum mismatch|unexpected size|Clearsigned file isn't valid/i,
    untrusted: true,
    hint: 'the mirror gave something else than its index says: try again in some minutes, or use another mirror',
  },
  {
    pattern: /is not signed|isn't signed|NO_PUBKEY|BADSIG|EXPKEYSIG|signatures? (?:couldn't be verified|were invalid)/i,
    untrusted: true,
    hint: "the index is not signed by a key that this host's apt trusts for it: see Signed-By in its sources",
  },
  {
    pattern: /is expired|not valid yet/i,
    untrusted: true,
    hint: "the mirror's index is too old, or this host's clock is wrong",
  },
  {
    pattern:
      /Failed to fetch|Unable to fetch|Could not (?:resolve|connect|wait)|Temporary failure|Cannot initiate|Connection (?:failed|timed out|refused)|Release file|Certificate verification failed|handshake|40[47] /i,
    untrusted: false,
    hint: "check the network, the proxy settings and the mirrors in this host's apt sources",
  },
];
const DISK_FULL = /No space left on device|not have enough free space/i;

/** A full disk, met by ourselves instead of by apt, reads the same. */
export async function explainingFullDisk<T>(what: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
      throw diskFull(what, path, {}, error);
    }
    throw error;
  }
}

function diskFull(what: string, path: string, details: Record<string, unknown>, cause?: unknown): JobletError {
  return new JobletError({
    code: 'E_DISK_FULL',
    message: `${what} failed: no space left on the file system of the store`,
    hint: `free space on the file system of ${path}, or move the store with --root or JOBLET_ROOT`,
    exit: 'hostUnfit',
    details,
    cause,
  });
}

/** What a failed apt command was about. `what` begins the message: "fetching the package index of bookworm". */
export function aptFailure(what: string, output: string, path: string): JobletError {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const details = { stderrTail: lines.slice(-20).join('\n') };
  if (DISK_FULL.test(output)) return diskFull(what, path, details);
  // What packages print may look like anything; apt's own complaints are marked.
  const complaints = lines.filter((line) => /^\s*(E|W|Err):/.test(line));
  for (const { pattern, untrusted, hint } of COMPLAINTS) {
    const line = complaints.find((complaint) => pattern.test(complaint));
    if (line === undefined) continue;
    const message = `${what} failed: ${shorten(line)}`;
    return untrusted
      ? repositoryUntrusted(message, hint, details)
      : networkFailed(message, hint, new Error(details.stderrTail));
  }
  const error = dpkgError(lines) ?? complaints.at(-1) ?? lines.at(-1) ?? 'no output';
  const hint = 'the log has the whole output: run again with -v';
  return buildStepFailed(`${what} failed: ${shorten(error)}`, hint, details);
}

/** dpkg names the package in one line and what went wrong in the next. */
function dpkgError(lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line) => /^dpkg: error/.test(line));
  return at < 0 ? undefined : [lines[at], lines[at + 1]?.trim()].join(' ');
}

function shorten(line: string): string {
  return line
    .replace(/^\s*[EWN]: /, '')
    .trim()
    .slice(0, 300);
}
