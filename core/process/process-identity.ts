import { readFileSync } from 'node:fs';

/** One process of one boot of this host: a number alone comes back for another. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Since the boot, in the kernel's ticks; as text, for it may be larger than a double can hold. */
  readonly startTicks: string;
  readonly bootId: string;
}

let currentBoot: string | undefined;

/** Undefined when there is no such process. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTicks = startOf(pid);
  return startTicks === undefined ? undefined : { pid, startTicks, bootId: bootId() };
}

/** False for a zombie too: it does nothing any more. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && startOf(identity.pid) === identity.startTicks;
}

function bootId(): string {
  currentBoot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return currentBoot;
}

/** Field 22 of /proc/PID/stat, proc(5); the name in field 2 may hold anything. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
