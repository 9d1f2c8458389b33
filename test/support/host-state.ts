import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

/** What is killed needs a moment to be gone, on a busy machine a long one. */
const PATIENT = { timeout: 300_000 };

export function processIds(): ReadonlySet<number> {
  return new Set(readdirSync('/proc').map(Number).filter(Number.isInteger));
}

/** All control groups of the host. */
export function controlGroups(): ReadonlySet<string> {
  // Groups come and go while find looks: what it complains of is of no account.
  const { stdout } = spawnSync('find', ['/sys/fs/cgroup', '-type', 'd'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return new Set(stdout.split('\n').filter((line) => line !== ''));
}

/** Waits until every group that was not there before is in use, by others. The common parent of all jobs' groups stays. */
export async function expectNoNewControlGroup(before: ReadonlySet<string>): Promise<void> {
  const unused = () =>
    [...controlGroups()].filter((group) => !before.has(group) && !group.endsWith('/joblet') && !isPopulated(group));
  await expect.poll(unused, PATIENT).toEqual([]);
}

function isPopulated(group: string): boolean {
  try {
    return (
      readFileSync(`${group}/cgroup.procs`, 'utf8') !== '' ||
      readdirSync(group, { withFileTypes: true }).some((entry) => entry.isDirectory())
    );
  } catch {
    // Gone meanwhile.
    return true;
  }
}

/** Waits until no process is left that has to do with the store and was not there before. */
export async function expectNoNewProcess(before: ReadonlySet<number>, store: string): Promise<void> {
  await expect.poll(() => newProcesses(before, store), PATIENT).toEqual([]);
}

/** The same, and no half-made build and no mount of the store's. */
export async function expectNothingLeft(before: ReadonlySet<number>, store: string): Promise<void> {
  await expectNoNewProcess(before, store);
  await expect.poll(() => readdirSync(path.join(store, 'state/builds')), PATIENT).toEqual([]);
  expect(mountsOf('self', store)).toEqual([]);
}

/**
 * A process has to do with the store if it names it, or has a mount of it in a namespace of its own. Zombies do not count: PID 1
 * takes its time to reap orphans.
 */
function newProcesses(before: ReadonlySet<number>, store: string): readonly string[] {
  const ownMounts = readlinkSync('/proc/self/ns/mnt');
  return [...processIds()]
    .filter((pid) => !before.has(pid))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const isOfStore =
          command.includes(store) ||
          (readlinkSync(`/proc/${pid}/ns/mnt`) !== ownMounts && mountsOf(String(pid), store).length > 0);
        return isOfStore && !'ZX'.includes(state) ? [`${pid} ${command}`] : [];
      } catch {
        // Gone meanwhile, or a thread of the kernel.
        return [];
      }
    });
}

/** Only those of the store: what others mount meanwhile is not a build's doing. */
function mountsOf(process: string, store: string): readonly string[] {
  return readFileSync(`/proc/${process}/mountinfo`, 'utf8')
    .split('\n')
    .filter((line) => line.includes(store));
}
