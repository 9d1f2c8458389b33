import type { ControlGroups } from './control-groups.js';

/**
 * Removes the groups whose owner was killed: those that hold no process, are older than it takes to fill one, and that the caller does not know
 * as alive. Should a group be taken from an owner that was merely stopped for long, its job fails to start: none runs without its
 * limits. Gives the names of those removed.
 */
export async function sweepControlGroups(
  groups: ControlGroups,
  isAlive: (name: string) => boolean | Promise<boolean>,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await groups.list()) {
    const group = await groups.find(name);
    if (group === undefined || !(await group.isAbandoned()) || (await isAlive(name))) continue;
    await group.remove();
    removed.push(name);
  }
  return removed;
}
