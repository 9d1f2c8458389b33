import { readdirSync, readFileSync } from 'node:fs';

/** Host pids of processes whose command line holds `mark`. */
export function isolatedProcesses(mark: string): string[] {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && pid !== String(process.pid) && !isGone(pid) && read(pid, 'cmdline').includes(mark),
  );
}

/** Host pids of everything that a process started, and is still below it. */
export function descendants(pid: number | string): string[] {
  const children = read(`${pid}/task/${pid}`, 'children').split(' ').filter(Boolean);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Zombies count as gone: when they are reaped is the affair of the host's first process. */
export function isGone(pid: string): boolean {
  return !/^State:\s+[^ZX]/m.test(read(pid, 'status'));
}

/** Mounts of the host that have to do with `directory`, and those of the runtime: others' come and go. */
export function mountsOf(directory: string): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.filter((mount) => mount.includes(directory) || /\b(joblet|crun|runc)\b/.test(mount));
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Resolves when the condition holds; a test's time limit ends it otherwise. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
