import { readFileSync } from 'node:fs';
import path from 'node:path';
import { move } from './group-files.js';
import type { HierarchyMount } from './hierarchies.js';

/**
 * The kernel makes the first move of a process after a silence wait for about 13 ms, the ones that follow at once do not. Moving this process
 * to where it is changes nothing and takes the wait.
 * @param controller its name as in /proc/PID/cgroup; '' for version 2
 */
export function warmUpMoves(controller: string, mount: HierarchyMount | undefined): void {
  if (!mount?.writable) return;
  const own = ownGroup(readFileSync('/proc/self/cgroup', 'utf8'), controller);
  const inside = own === undefined ? '..' : path.posix.relative(mount.group, own);
  if (inside.startsWith('..')) return;
  // Whatever the kernel answers, it has waited.
  move(path.join(mount.path, inside), process.pid).catch(() => {});
}

/** The group of a line `ID:CONTROLLERS:GROUP`. */
export function ownGroup(lines: string, controller: string): string | undefined {
  for (const line of lines.split('\n')) {
    const [, controllers, group] = line.match(/^\d+:([^:]*):(.*)$/) ?? [];
    if (controllers?.split(',').includes(controller)) return group;
  }
  return undefined;
}
