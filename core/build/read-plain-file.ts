import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { buildStepFailed } from '../errors/errors.js';

/** What a build reads of a root (an account list, a loader's cache) stays far below. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a file that a process in a root may have made: no link is followed to a file of the host, no pipe waited for.
 * The directories on the way must be ours.
 */
export function readPlainFile(hostPath: string, maxBytes = MAX_BYTES): Buffer {
  const fd = open(hostPath);
  try {
    const { size } = fstatSync(fd);
    if (!fstatSync(fd).isFile() || size > maxBytes) throw notPlain(hostPath);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

function open(hostPath: string): number {
  try {
    return openSync(hostPath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw notPlain(hostPath, cause);
  }
}

function notPlain(hostPath: string, cause?: unknown): Error {
  return buildStepFailed(
    `${hostPath} is not a plain file of a sensible size`,
    'a program in the build root, or a hook, made something else of it',
    { cause: cause instanceof Error ? cause.message : undefined },
  );
}
