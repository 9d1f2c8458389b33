import { readFileSync, statfsSync } from 'node:fs';

/** Where control groups are mounted, as proc_pid_mountinfo(5) and cgroups(7) say it. */

export interface HierarchyMount {
  readonly path: string;
  readonly writable: boolean;
  /** The group that is mounted here, as /proc/PID/cgroup names groups. */
  readonly group: string;
}

export interface Hierarchies {
  /** Version 1, by controller; controllers that are mounted together share a mount. */
  readonly v1: ReadonlyMap<string, HierarchyMount>;
  readonly v2: HierarchyMount | undefined;
}

/** File system types of statfs(2). */
const MAGIC = { cgroup: 0x27e0eb, cgroup2: 0x63677270 } as const;

type HierarchyType = keyof typeof MAGIC;

export function findHierarchies(): Hierarchies {
  return parseHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'), isReachable);
}

/** `reachable` leaves out mounts that another mount hides. A writable mount is preferred where there is more than one. */
export function parseHierarchies(
  mountinfo: string,
  reachable: (path: string, type: HierarchyType) => boolean,
): Hierarchies {
  const v1 = new Map<string, HierarchyMount>();
  let v2: HierarchyMount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [mountPart = '', sourcePart = ''] = line.split(' - ');
    const [, , , group = '', mountPoint = '', mountOptions = ''] = mountPart.split(' ');
    const [type, , superOptions = ''] = sourcePart.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    const options = superOptions.split(',');
    const writable = !mountOptions.split(',').includes('ro') && !options.includes('ro');
    const mount = { path: unescapeOctal(mountPoint), writable, group: unescapeOctal(group) };
    if (!reachable(mount.path, type)) continue;
    if (type === 'cgroup2') {
      v2 = preferred(v2, mount);
      continue;
    }
    for (const option of options.filter((name) => !name.includes('=')))
      v1.set(option, preferred(v1.get(option), mount));
  }
  return { v1, v2 };
}

function preferred(known: HierarchyMount | undefined, other: HierarchyMount): HierarchyMount {
  return known === undefined || (other.writable && !known.writable) ? other : known;
}

function isReachable(path: string, type: HierarchyType): boolean {
  try {
    return statfsSync(path).type === MAGIC[type];
  } catch {
    return false;
  }
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
