import path from 'node:path';
import picomatch from 'picomatch';
import { usageError } from '../errors/errors.js';
import { quote } from '../spec/printable.js';

/** Files of a job's /work that are wanted on the host when the job has ended. */
export interface Download {
  /** A glob (picomatch), from /work. `*` and `**` match no name that begins with a dot; a directory stands for all in it. */
  readonly pattern: string;
  /** Made if it is not there. A file comes to the same place below it as it had below /work. */
  readonly hostDir: string;
}

/** Reads `PATTERN:DIR`; the last colon divides. Throws E_USAGE. */
export function parseDownload(text: string): Download {
  const colon = text.lastIndexOf(':');
  const [pattern, hostDir] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  if (pattern === '' || hostDir === '' || text.includes('\0')) {
    throw usageError(`download ${quote(text)}: not PATTERN:DIR`, "write it as in 'out/**:results'");
  }
  const download = { pattern, hostDir };
  matcherOf(download);
  return download;
}

/** Says of a name below /work whether it is wanted: itself, or with a directory that it is in. Throws E_USAGE. */
export function matcherOf({ pattern }: Download): (name: string) => boolean {
  if (pattern.startsWith('/') && !/^\/work(\/|$)/.test(pattern)) {
    throw usageError(`download ${quote(pattern)}: not in /work`, 'only /work is kept; patterns are relative to it');
  }
  const bare = pattern
    .replace(/^\/work(?=\/|$)/, '')
    .replace(/^(\.?\/+)+/, '')
    .replace(/\/+$/, '');
  if (bare.split('/').includes('..')) {
    throw usageError(`download ${quote(pattern)}: leads out of /work`, 'write it without ".."');
  }
  if (bare === '' || bare === '.') return () => true;
  // s: a name may have a line break in it.
  const isMatch = picomatch(bare, { nonegate: true, flags: 's' });
  return (name) => {
    for (let at = name; at !== '.'; at = path.posix.dirname(at)) if (isMatch(at)) return true;
    return false;
  };
}
