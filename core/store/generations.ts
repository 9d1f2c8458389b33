import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { hostTool } from '../process/host-tool.js';
import type { Workspace } from './workspace.js';

/**
 * Whoever uses a generation of a runtime holds its pipe open for reading, and whoever wants to delete it asks the kernel: a
 * pipe that nobody reads cannot be opened for writing (fifo(7), ENXIO). Like a lock this ends with its holder, however that ends,
 * and a process that inherits the descriptor goes on holding; unlike flock(1) it takes no process, only an open(2) at each job's start.
 */
const PIPE = 'users';

/** There is none; nobody reads it; it is root's. */
const CANNOT_OPEN: ReadonlySet<unknown> = new Set(['ENOENT', 'ENXIO', 'EACCES']);

/** Before a generation can be found by others. */
export async function makeUsersPipe(generation: string): Promise<void> {
  await promisify(execFile)('mkfifo', ['-m', '600', path.join(generation, PIPE)], {
    env: hostTool.env,
    cwd: hostTool.cwd,
  });
}

/** A descriptor that holds it, closed on exec. Undefined where there is no such generation any more, or it never got a pipe. */
export function holdGeneration(generation: string): number | undefined {
  return openPipe(generation, constants.O_RDONLY);
}

export function isGenerationInUse(generation: string): boolean {
  const descriptor = openPipe(generation, constants.O_WRONLY);
  if (descriptor !== undefined) closeSync(descriptor);
  return descriptor !== undefined;
}

/** Moves one that no version names to the workspace, unless it is in use. Another may do the same at the same time. */
export async function discardGeneration(generation: string, workspace: Workspace): Promise<void> {
  if (isGenerationInUse(generation)) return;
  try {
    await rename(generation, path.join(workspace.dir, `discarded-${randomBytes(4).toString('hex')}`));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function openPipe(generation: string, mode: number): number | undefined {
  try {
    return openSync(path.join(generation, PIPE), mode | constants.O_NONBLOCK);
  } catch (error) {
    if (CANNOT_OPEN.has(codeOf(error))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
