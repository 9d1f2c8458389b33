import { readdirSync, readFileSync } from 'node:fs';

/**
 * For unshare(1): a PID namespace whose first process is its child, with a /proc of its own. When unshare is killed, so is that
 * process, and with it the kernel ends all others.
 */
export const PID_NAMESPACE = ['--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc'] as const;

/** A child process that is unshare, or will be: setpriv and a shell exec it. */
interface Unshare {
  readonly pid?: number | undefined;
  kill(signal: NodeJS.Signals): boolean;
}

/** Host pid of the first process of the namespace; undefined before it is started and after its end. */
export function firstProcess(unsharePid: number): number | undefined {
  return childrenOf(unsharePid)[0];
}

/**
 * Ends every process of the namespace. Only its first one is killed: that one's end waits for all others, and unshare is left to
 * wait for it, so that unshare's end means that nothing of it runs any more.
 */
export function killPidNamespace(unshare: Unshare): void {
  if (unshare.pid === undefined) return;
  // It may be about to fork: a child that it has not seen yet would outlive it. Once it stands still it has its child, or none.
  unshare.kill('SIGSTOP');
  waitUntilStopped(unshare.pid);
  const first = firstProcess(unshare.pid);
  if (first === undefined) {
    unshare.kill('SIGKILL');
    return;
  }
  sendSignal(first, 'SIGKILL');
  unshare.kill('SIGCONT');
}

/** Far above what stopping takes: it only ends the wait for a process that the kernel does not let stop. */
const STOP_PATIENCE_MS = 2000;

/** Stopped, or gone. Looks again and again: it takes microseconds, and whoever cancels has to know that all of it has ended. */
function waitUntilStopped(pid: number): void {
  const until = performance.now() + STOP_PATIENCE_MS;
  while (performance.now() < until) {
    // After the name, which may have anything in it: proc_pid_stat(5).
    const stat = read(`/proc/${pid}/stat`);
    const state = stat.slice(stat.lastIndexOf(')')).split(' ')[1];
    if (state === undefined || 'TtZX'.includes(state)) return;
  }
}

/** False when the process is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Of all its threads: any of them may have made the child. Oldest first. */
export function childrenOf(pid: number): number[] {
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

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
