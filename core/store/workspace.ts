import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { hostTool } from '../process/host-tool.js';
import { makeDirectory, type StorePaths } from './store-paths.js';

/**
 * A directory for what a build makes before it is moved into place. A guard process removes it when this process ends,
 * SIGKILL included; what was moved out by rename stays.
 */
export interface Workspace {
  readonly dir: string;
  /** While it is set, no layer is made here that is not in the cache: until the phase with this id. */
  sealedUntil?: string;
  /** A new empty directory in it. */
  make(name: string): Promise<string>;
  close(): Promise<void>;
}

/** `$1` directory, `$2` lock: the end of input means that the builder is gone. Writers die with it, but not before it. */
export const GUARD = 'echo; cat >/dev/null; until rm -rf -- "$1"; do sleep 0.1; done; rm -f -- "$2"';

export async function openWorkspace(paths: StorePaths): Promise<Workspace> {
  const dir = path.join(paths.builds, randomBytes(6).toString('hex'));
  const lock = `${dir}.lock`;
  await writeFile(lock, '');
  const guard = execa('flock', [lock, 'sh', '-c', GUARD, 'rnx-guard', dir, lock], {
    ...hostTool,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    detached: true,
    cleanup: false,
  });
  await Promise.race([once(guard.stdout, 'data'), guard]);
  await makeDirectory(dir);
  let count = 0;
  return {
    dir,
    make: async (name) => {
      const made = path.join(dir, `${name}-${++count}`);
      await makeDirectory(made);
      return made;
    },
    close: async () => {
      guard.stdin.end();
      await guard;
    },
  };
}

/** Removes workspaces whose builder and guard are both gone (a host that lost power). */
export async function sweepWorkspaces(paths: StorePaths): Promise<void> {
  for (const name of await readdir(paths.builds).catch(() => [])) {
    if (!name.endsWith('.lock')) continue;
    const lock = path.join(paths.builds, name);
    const dir = lock.slice(0, -'.lock'.length);
    // Not ours while its guard holds the lock: flock -n fails then.
    const swept = await execa('flock', ['-n', lock, 'rm', '-rf', '--', dir], { ...hostTool, stdio: 'ignore' });
    if (swept.exitCode === 0) await rm(lock, { force: true });
  }
}
