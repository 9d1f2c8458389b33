import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostUnfit } from '../../../core/errors/errors.js';

/**
 * The files of a group. They are the kernel's, so reading and writing one takes microseconds and is done at once, except moving a
 * process, which can wait.
 */

export function writeGroupFile(directory: string, file: string, value: string): void {
  // Without O_CREAT, a file that the kernel does not offer is ENOENT.
  const descriptor = openSync(path.join(directory, file), constants.O_WRONLY);
  try {
    writeSync(descriptor, value);
  } finally {
    closeSync(descriptor);
  }
}

export function moveAtOnce(directory: string, pid: number): void {
  writeGroupFile(directory, 'cgroup.procs', String(pid));
}

export async function move(directory: string, pid: number): Promise<void> {
  const file = await open(path.join(directory, 'cgroup.procs'), constants.O_WRONLY);
  try {
    await file.write(String(pid));
  } finally {
    await file.close();
  }
}

/** Undefined when there is no such file or group. */
export function readGroupFile(directory: string | undefined, file: string): string | undefined {
  if (directory === undefined) return undefined;
  try {
    return readFileSync(path.join(directory, file), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** The number after a key in a file of `key value` lines. */
export function readCounter(directory: string | undefined, file: string, key: string): number | undefined {
  const value = readGroupFile(directory, file)?.match(new RegExp(`^${key} (\\d+)$`, 'm'))?.[1];
  return value === undefined ? undefined : Number(value);
}

export function readNumber(directory: string | undefined, file: string): number | undefined {
  const value = readGroupFile(directory, file);
  return value === undefined ? undefined : Number(value);
}

/** Processes of a group, zombies left out; those of an outer pid namespace, which read as 0, too. */
export function readProcesses(directory: string): number[] {
  const lines = readGroupFile(directory, 'cgroup.procs')?.split('\n') ?? [];
  return lines.map(Number).filter((pid) => pid > 0);
}

/** False when it exists already. */
export function makeGroup(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

export function groupExists(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** When the group was made, or later: the kernel gives a directory that it had forgotten the time of the next look. */
export function madeAt(directory: string): number | undefined {
  return statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
}

export function subgroups(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Ended processes leave a moment after their parent has seen them end. */
const LEAVE_MS = 5000;

export async function removeGroup(directory: string): Promise<void> {
  const deadline = performance.now() + LEAVE_MS;
  for (let waitMs = 1; ; waitMs = Math.min(2 * waitMs, 50)) {
    try {
      rmdirSync(directory);
      return;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return;
      if (errnoOf(error) !== 'EBUSY' || performance.now() > deadline) {
        throw hostUnfit(`${directory} cannot be removed`, 'end the processes in it, then remove it with rmdir', error);
      }
    }
    await sleep(waitMs);
  }
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
