import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostUnfit } from '../../../core/errors/errors.js';
import { errnoOf, readProcesses, writeGroupFile } from './group-files.js';

/** A killed process that is still there after this waits for a device that does not answer. */
const UNKILLABLE_MS = 30_000;

/**
 * Ends all processes of a group whose directory has the pids controller. `lift` takes the limits off once all are told to end: one that
 * is throttled would take its time.
 */
export async function endProcesses(directory: string, lift: () => void): Promise<void> {
  signalAll(directory);
  lift();
  const deadline = performance.now() + UNKILLABLE_MS;
  for (let waitMs = 1; ; waitMs = Math.min(2 * waitMs, 20)) {
    const left = readProcesses(directory);
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      throw hostUnfit(
        `processes do not end: ${left.join(', ')}`,
        'they wait for a device or a file system; see their state in /proc/PID/stack',
      );
    }
    await sleep(waitMs);
    signalAll(directory);
  }
}

/**
 * Without cgroup.kill (version 1, and 2 before Linux 5.14) the processes are told one by one. No fork can slip in since none is allowed any
 * more. A pid that was just read is not another process by now: the kernel gives a number again only after all others.
 */
function signalAll(directory: string): void {
  try {
    writeGroupFile(directory, 'cgroup.kill', '1');
    return;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  try {
    writeGroupFile(directory, 'pids.max', '0');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  for (const pid of readProcesses(directory)) {
    try {
      kill(pid, 'SIGKILL');
    } catch (error) {
      if (errnoOf(error) !== 'ESRCH') throw error;
    }
  }
}
