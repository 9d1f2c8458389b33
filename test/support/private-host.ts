import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { outputHas } from './output-has.js';
import { rnxPath } from './rnx.js';

/**
 * The host as it is, for one program alone: an overlay over its root file system catches every change, and its mount table is a copy.
 * So what the program changes can be told from what others do on the machine meanwhile. Other file systems, and the store, are
 * the host's own.
 */
export interface PrivateHost {
  /** Starts `rnx` over the store. */
  rnx(args: readonly string[]): PrivateProcess;
  /** Paths that were made, changed or removed outside of the store, since the beginning. */
  changes(): Promise<readonly string[]>;
  /** Its mount table. */
  mounts(): string;
  close(): Promise<void>;
}

/** $1 scratch directory, $2 store, more: the file systems below the root's. Held until standard input ends. */
const HOLDER = `set -e
scratch=$1; store=$2; shift 2
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$scratch/root"
for other in "$@"; do mount --rbind "$other" "$scratch/root$other" || :; done
mount --bind "$store" "$scratch/root$store"
cd "$scratch/root"
pivot_root . mnt
echo held
exec cat`;

export async function privateHost(store: string): Promise<PrivateHost> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'private-host-'));
  const args = [scratch, store, ...mountPointsBelowRoot()];
  const holder = execa('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', HOLDER, 'holder', ...args], {
    stdin: 'pipe',
    reject: false,
  });
  await outputHas(holder, 'held');
  const run = (command: readonly string[]) => runBeside(String(holder.pid), command, store);
  return {
    rnx: (args) => run(['node', rnxPath, ...args]),
    changes: async () => {
      const { stdout } = await run(['find', `/mnt${scratch}/upper`, '-mindepth', '1', '-printf', '%y/%P\\n']);
      const changed = String(stdout)
        .split('\n')
        .filter((line) => line !== '' && !isWayThere(line));
      return changed.map((line) => line.slice(1));
    },
    mounts: () => readFileSync(`/proc/${holder.pid}/mountinfo`, 'utf8'),
    close: async () => {
      holder.stdin.end();
      await holder;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** A directory of the host's in which something came, or came and went. `line`: type, path. */
function isWayThere(line: string): boolean {
  return line.startsWith('d') && existsSync(line.slice(1));
}

type PrivateProcess = ReturnType<typeof runBeside>;

function runBeside(pid: string, command: readonly string[], store: string) {
  return execa('nsenter', ['--mount', '--target', pid, '--', ...command], {
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    env: { JOBLET_ROOT: store, OCLIF_SKIP_NEW_VERSION_CHECK: 'true' },
  });
}

/** Of /proc/self/mountinfo: each line has its own number, its parent's, a device, a root and the mount point. */
function mountPointsBelowRoot(): readonly string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const root = mounts.find((fields) => fields[4] === '/')?.[0];
  const below = mounts
    .filter(([number, parent]) => parent === root && number !== root)
    .map((fields) => fields[4] ?? '');
  return [...new Set(below)];
}
