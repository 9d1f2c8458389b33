import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Processes of a launch, by walking down from the one that we started: unshare, the OCI runtime, init, the main one. */

/** Host pid of the first process of a launch's PID namespace: the launcher's shell, then the OCI runtime. */
export function firstProcess(launcherPid: number): number | undefined {
  return childrenOf(launcherPid)[0];
}

/** Ends all processes of a launch. Its child is the first of a PID namespace, so the kernel takes the others with it;
 * unshare is left to wait for that, so that its end means theirs. */
export function killPidNamespace(launcher: ChildProcess): void {
  if (launcher.pid === undefined) return;
  const first = firstProcess(launcher.pid);
  if (first === undefined) launcher.kill('SIGKILL');
  else sendSignal(first, 'SIGKILL');
}

/** Host pid of the process that runs the caller's command; undefined before it is started and after its end. */
export function findMainProcess(launcherPid: number): number | undefined {
  const runtime = firstProcess(launcherPid);
  if (runtime === undefined) return undefined;
  // While the runtime still prepares its child, that one is not yet our init, and has no child either.
  const init = childrenOf(runtime).find((pid) => commandName(pid) === 'init');
  // Children are listed oldest first; orphans that init has adopted come later.
  return init === undefined ? undefined : childrenOf(init)[0];
}

/** False when the process is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * As a terminal does it: to the process and what it started, for a shell waits for its child before it acts on Ctrl-C. Init made the main
 * process the leader of a group. False when it is gone.
 */
export function sendGroupSignal(mainPid: number, signal: NodeJS.Signals): boolean {
  return sendSignal(-mainPid, signal) || sendSignal(mainPid, signal);
}

/** Of all its threads: runc has many, and any of them may have made the child. */
function childrenOf(pid: number): number[] {
  return threadsOf(pid)
    .flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' '))
    .filter(Boolean)
    .map(Number);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function commandName(pid: number): string {
  return read(`/proc/${pid}/comm`).trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
