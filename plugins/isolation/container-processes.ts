import { readFileSync } from 'node:fs';
import { childrenOf, firstProcess, sendSignal } from '../../core/process/pid-namespace.js';

/** Processes of a launch, by walking down from the one that we started: unshare, the OCI runtime, init, the main one. */

/** Host pid of the process that runs the caller's command; undefined before it is started and after its end. */
export function findMainProcess(launcherPid: number): number | undefined {
  const shell = firstProcess(launcherPid);
  if (shell === undefined) return undefined;
  // While the runtime still prepares its child, that one is not yet our init, and has no child either.
  const init = childrenOf(shell)
    .flatMap(childrenOf)
    .find((pid) => commandName(pid) === 'init');
  // Children are listed oldest first; orphans that init has adopted come later.
  return init === undefined ? undefined : childrenOf(init)[0];
}

/**
 * As a terminal does it: to the process and what it started, for a shell waits for its child before it acts on Ctrl-C. Init made the main
 * process the leader of a group. False when it is gone.
 */
export function sendGroupSignal(mainPid: number, signal: NodeJS.Signals): boolean {
  return sendSignal(-mainPid, signal) || sendSignal(mainPid, signal);
}

function commandName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
