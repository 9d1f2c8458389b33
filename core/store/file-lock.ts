import { once } from 'node:events';
import { cancelled } from '../errors/errors.js';
import { hostTool } from '../process/host-tool.js';

export interface FileLock {
  release(): Promise<void>;
}

/**
 * An exclusive lock on a file that ends with this process, however it ends: flock(1) holds it and waits on a pipe from us.
 * `onWait` is called once if another holds it.
 */
export async function acquireLock(
  file: string,
  options: { readonly signal?: AbortSignal; readonly onWait?: () => void } = {},
): Promise<FileLock> {
  // Loaded here: most jobs lock nothing, and start without it.
  const { execa } = await import('execa');
  if (options.signal?.aborted) throw cancelled();
  const holder = execa('flock', [file, 'sh', '-c', 'echo; exec cat >/dev/null'], {
    ...hostTool,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    // A Ctrl-C of the terminal must not take the lock away while we still clean up.
    detached: true,
    cleanup: false,
  });
  // With the end of its input, in case that it has just got the lock.
  const cancel = () => {
    holder.stdin.end();
    holder.kill('SIGKILL');
  };
  options.signal?.addEventListener('abort', cancel, { once: true });
  const waiting = setTimeout(() => options.onWait?.(), 200);
  try {
    await Promise.race([once(holder.stdout, 'data'), holder]);
  } finally {
    clearTimeout(waiting);
    options.signal?.removeEventListener('abort', cancel);
  }
  if (options.signal?.aborted) {
    cancel();
    await holder;
    throw cancelled();
  }
  return {
    release: async () => {
      holder.stdin.end();
      await holder;
    },
  };
}
