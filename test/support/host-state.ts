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

/** Processes that are there now and were not before, and are no children of the test run: command lines. Zombies do not count: PID 1
 * takes its time to reap orphans. */
export function newProcesses(before: HostState): readonly string[] {
  return processIds()
    .filter((pid) => !before.processes.has(pid))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || state === 'X' || descendsFrom(pid, process.pid) || isKernelThread(pid)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
      } catch {
        return [];
      }
    });
}

function processIds(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function isKernelThread(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return false;
  } catch {
    return true;
  }
}

function descendsFrom(pid: number, ancestor: number): boolean {
  for (let at = pid; at > 1; ) {
    if (at === ancestor) return true;
    const stat = readFileSync(`/proc/${at}/stat`, 'utf8');
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  return false;
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
