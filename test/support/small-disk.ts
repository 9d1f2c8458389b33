import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { outputHas } from './output-has.js';
import { rnxPath } from './rnx.js';

/** A file system of its own, mounted in a mount namespace of its own: it is gone with the process that holds it. */
export interface SmallDisk {
  /** Where it is mounted, for commands started by `run`. */
  readonly dir: string;
  /** Starts a command that sees it. */
  run(command: readonly string[], options?: { readonly root?: string }): DiskProcess;
  /** Starts a build over a store on it that waits before a phase; see held-build.js. */
  heldBuild(spec: string, beforePhase: number): DiskProcess;
  /** Starts `rnx` over a store on it. */
  rnx(args: readonly string[], options?: { readonly root?: string }): DiskProcess;
  freeMb(): Promise<number>;
  /** Takes all but so much of what is free. */
  fill(leaveMb: number): Promise<void>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

const heldBuildPath = fileURLToPath(new URL('held-build.js', import.meta.url));

/** $1 image, $2 mount point: mounted until standard input ends. */
const HOLDER = 'mount -o loop "$1" "$2" && echo mounted && cat';

export async function smallDisk(sizeMb: number): Promise<SmallDisk> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'small-disk-'));
  const [image, dir] = [path.join(scratch, 'image'), path.join(scratch, 'disk')];
  await execa('truncate', ['-s', `${sizeMb}M`, image]);
  await execa('mkfs.ext4', ['-q', '-m', '0', image]);
  await execa('mkdir', [dir]);
  const holder = execa('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', HOLDER, 'holder', image, dir], {
    stdin: 'pipe',
    reject: false,
  });
  await outputHas(holder, 'mounted');
  const run: SmallDisk['run'] = (command, { root = dir } = {}) => runBeside(String(holder.pid), command, root);
  const freeMb = async () => {
    const { stdout } = await run(['stat', '--file-system', '--format=%a %S', dir]);
    const [blocks, size] = String(stdout).split(' ').map(Number);
    return Math.floor(((blocks ?? 0) * (size ?? 0)) / 1024 ** 2);
  };
  const ballast = path.join(dir, 'ballast');
  return {
    dir,
    run,
    heldBuild: (spec, beforePhase) =>
      runBeside(String(holder.pid), ['node', heldBuildPath, dir, spec, String(beforePhase)], dir, 'pipe'),
    rnx: (args, options) => run(['node', rnxPath, ...args], options),
    freeMb,
    fill: async (leaveMb) => {
      const filled = await run(['fallocate', '--length', `${(await freeMb()) - leaveMb}MiB`, ballast]);
      if (filled.exitCode !== 0) throw new Error(`the disk cannot be filled: ${filled.stderr}`);
    },
    empty: async () => {
      await run(['rm', '-f', ballast]);
    },
    close: async () => {
      holder.stdin.end();
      await holder;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

type DiskProcess = ReturnType<typeof runBeside>;

function runBeside(pid: string, command: readonly string[], root: string, stdin: 'ignore' | 'pipe' = 'ignore') {
  return execa('nsenter', ['--mount', '--target', pid, '--wd=/', '--', ...command], {
    reject: false,
    stdin,
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    env: { JOBLET_ROOT: root, OCLIF_SKIP_NEW_VERSION_CHECK: 'true' },
  });
}
