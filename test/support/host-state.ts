import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { execa } from 'execa';

/** What a build or a job must leave as it was. */
export interface HostState {
  readonly mounts: string;
  readonly cgroups: string;
  readonly packages: string;
  readonly processes: ReadonlySet<number>;
}

export async function hostState(): Promise<HostState> {
  const [cgroups, packages] = await Promise.all([
    execa('find', ['/sys/fs/cgroup', '-type', 'd'], { reject: false }),
    execa(
      'sha256sum',
      ['/var/lib/dpkg/status', '/etc/passwd', '/etc/group', '/etc/resolv.conf', '/etc/apt/sources.list'],
      { reject: false },
    ),
  ]);
  return {
    mounts: readFileSync('/proc/self/mountinfo', 'utf8'),
    cgroups: cgroups.stdout,
    packages: packages.stdout,
    processes: new Set(processIds()),
  };
}

/**
 * Processes that are there now and were not before, and have to do with the store: they name it, or have a mount of it in a namespace
 * of their own. Zombies do not count: PID 1 takes its time to reap orphans.
 */
export function newProcesses(before: HostState, store: string): readonly string[] {
  const ownMounts = readlinkSync('/proc/self/ns/mnt');
  return processIds()
    .filter((pid) => !before.processes.has(pid))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const isOfStore =
          command.includes(store) ||
          (readlinkSync(`/proc/${pid}/ns/mnt`) !== ownMounts &&
            readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(store));
        return isOfStore && !'ZX'.includes(state) ? [`${pid} ${command}`] : [];
      } catch {
        // Gone meanwhile, or a thread of the kernel.
        return [];
      }
    });
}

function processIds(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Paths of the host changed since a stamp file was written, outside the given folders. */
export async function changedFiles(stamp: string, except: readonly string[]): Promise<readonly string[]> {
  const pruned = ['/proc', '/sys', '/dev', '/run', ...except].flatMap((dir, index) => [
    ...(index === 0 ? [] : ['-o']),
    '-path',
    dir,
  ]);
  const found = await execa('find', ['/', '-xdev', '(', ...pruned, ')', '-prune', '-o', '-cnewer', stamp, '-print'], {
    reject: false,
  });
  return found.stdout.split('\n').filter((line) => line !== '');
}
