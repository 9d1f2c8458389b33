import type { Bind, IsolatedProcess, IsolationProfile } from '../../core/contracts/isolator.js';
import { WORK_DIRECTORIES } from './work-disk.js';

export interface OciMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Where a process's /work and /tmp are. */
export type Scratch = 'memory' | 'disk';

/**
 * File systems that every process gets new, its disk aside. Sizes of tmpfs are the kernel's default, half of the memory. No /sys: few
 * programs read it, and it is a way to the host's devices and control groups.
 */
export function freshMounts(profile: IsolationProfile, scratch: Scratch): readonly OciMount[] {
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    tmpfs('/dev', ['nosuid', 'strictatime', 'mode=755', 'size=64k']),
    // Group 5 is tty in every distribution: what grantpt() expects of a terminal's group.
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    tmpfs('/dev/shm', ['nosuid', 'noexec', 'nodev', 'mode=1777']),
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    tmpfs('/tmp', ['nosuid', 'nodev', 'mode=1777']),
    tmpfs('/run', ['nosuid', 'nodev', 'mode=755']),
    ...(profile === 'job' ? [tmpfs('/work', ['nosuid', 'nodev', 'mode=1777'])] : []),
  ];
  const onDisk: readonly string[] = scratch === 'disk' ? Object.values(WORK_DIRECTORIES) : [];
  return mounts.filter(({ destination }) => !onDisk.includes(destination));
}

/** Over the root's own, which is read-only: the runtime makes a mount point in it for each volume. */
export function volumesDirectory({ volumes = [] }: Pick<IsolatedProcess, 'volumes'>): readonly OciMount[] {
  return volumes.length === 0 ? [] : [tmpfs('/volumes', ['nosuid', 'nodev', 'noexec', 'mode=755', 'size=64k'])];
}

/** `mapping` is the option that maps ids, where they are mapped. */
export function mappedBind(hostPath: string, rootPath: string, writable: boolean, mapping?: string): OciMount {
  const bind = bindMount({ hostPath, rootPath, writable });
  return mapping === undefined ? bind : { ...bind, options: [...bind.options, mapping] };
}

export function bindMount(bind: Bind): OciMount {
  return {
    destination: bind.rootPath,
    type: 'bind',
    source: bind.hostPath,
    options: ['bind', 'nosuid', 'nodev', ...(bind.writable === true ? [] : ['ro'])],
  };
}

function tmpfs(destination: string, options: readonly string[]): OciMount {
  return { destination, type: 'tmpfs', source: 'tmpfs', options };
}
