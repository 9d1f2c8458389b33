import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { execa, type Options } from 'execa';

/**
 * The host as it is, for one program alone: an overlay over its root file system catches every change, and its mount table is a copy.
 * So what the program changes can be told from what others do on the machine meanwhile. Other file systems, and the store, are
 * the host's own.
 */
export interface PrivateHost {
  /** The command line that runs another one in it. */
  enter(command: readonly string[]): readonly [string, ...string[]];
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

/** Needs root. */
export async function openPrivateHost(store: string): Promise<PrivateHost> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'private-host-'));
  const args = [scratch, store, ...mountPointsBelowRoot()];
  const holder = execa('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', HOLDER, 'holder', ...args], {
    stdin: 'pipe',
    reject: false,
  });
  const close = async () => {
    holder.stdin.end();
    const ended = await holder;
    rmSync(scratch, { recursive: true, force: true });
    return ended;
  };
  if (!(await prints(holder.stdout, 'held'))) {
    const { stderr } = await close();
    throw new Error(`this host gives no overlay over its root file system: ${stderr}`);
  }
  const enter = (command: readonly string[]): readonly [string, ...string[]] => [
    'nsenter',
    '--mount',
    '--target',
    String(holder.pid),
    '--',
    ...command,
  ];
  return {
    enter,
    changes: async () => {
      const [nsenter, ...find] = enter(['find', `/mnt${scratch}/upper`, '-mindepth', '1', '-printf', '%y/%P\\n']);
      const options: Options = { stdin: 'ignore', maxBuffer: 512 * 1024 * 1024 };
      const { stdout } = await execa(nsenter, find, options);
      const changed = String(stdout)
        .split('\n')
        .filter((line) => line !== '' && !isWayThere(line));
      return changed.map((line) => line.slice(1));
    },
    mounts: () => readFileSync(`/proc/${holder.pid}/mountinfo`, 'utf8'),
    close: async () => void (await close()),
  };
}

/** Not by iterating over the process: to stop that would wait for its end. */
function prints(output: Readable, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    let seen = '';
    output.on('data', (chunk) => {
      seen += String(chunk);
      if (seen.includes(text)) resolve(true);
    });
    output.once('end', () => resolve(false));
  });
}

/** A directory of the host's in which something came, or came and went. `line`: type, path. */
function isWayThere(line: string): boolean {
  return line.startsWith('d') && existsSync(line.slice(1));
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
