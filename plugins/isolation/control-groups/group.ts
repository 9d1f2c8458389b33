import { hostUnfit } from '../../../core/errors/errors.js';
import { isJobletError } from '../../../core/errors/joblet-error.js';
import { processNotStarted } from '../errors.js';
import { errnoOf, madeAt, move, moveAtOnce, readProcesses } from './group-files.js';

/** What groups of both versions do alike. */

/** The group that all of ours are in. */
export const OURS = 'joblet';

/** A group is given its first process within milliseconds. */
const ABANDONED_MS = 60_000;

/** Names become paths. */
export function assertGroupName(name: string): void {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`not a name of a control group: ${JSON.stringify(name)}`);
}

/**
 * The first move can wait for the kernel, so other work goes on meanwhile; the next ones then take microseconds, less than handing
 * them to another thread.
 */
export async function moveToAll(directories: Iterable<string>, pid: number): Promise<void> {
  let moved = false;
  try {
    for (const directory of directories) {
      if (moved) moveAtOnce(directory, pid);
      else await move(directory, pid);
      moved = true;
    }
  } catch (error) {
    throw processNotStarted(
      `process ${pid} could not be put under its limits (${errnoOf(error)})`,
      'it ended, or its control group was removed, before it was started; try again',
      error,
    );
  }
}

export function isAbandoned(directory: string): boolean {
  const made = madeAt(directory);
  return made !== undefined && Date.now() - made > ABANDONED_MS && readProcesses(directory).length === 0;
}

export function groupFailed(error: unknown): unknown {
  if (isJobletError(error)) return error;
  const hint =
    errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM'
      ? 'run as root'
      : 'see "Limits" in docs/isolation.md for what a host must offer';
  return hostUnfit(`a control group could not be made: ${error instanceof Error ? error.message : error}`, hint, error);
}
