import { hostUnfit } from '../../../core/errors/errors.js';
import type { ControlGroups } from './control-groups.js';
import { readGroupFile } from './group-files.js';
import type { Hierarchies } from './hierarchies.js';
import { findHierarchies } from './hierarchies.js';
import { ControlGroupsV1 } from './v1.js';
import { ControlGroupsV2 } from './v2.js';

/**
 * The driver for this host. A controller belongs to one version at a time; on a host that has both mounted, the one with the controllers
 * is used, as told by pids, which every job needs.
 */
export function findControlGroups(hierarchies: Hierarchies = findHierarchies()): ControlGroups {
  const { v1, v2 } = hierarchies;
  if (v2 !== undefined && (v1.size === 0 || hasPids(v2.path))) return new ControlGroupsV2(v2);
  if (v1.size > 0) return new ControlGroupsV1(v1);
  throw hostUnfit(
    'no control groups are mounted, so no limit can be enforced',
    'mount them: mount -t cgroup2 none /sys/fs/cgroup; in a container, start it with control groups (--privileged does it)',
  );
}

function hasPids(directory: string): boolean {
  return readGroupFile(directory, 'cgroup.controllers')?.split(/\s+/).includes('pids') ?? false;
}
