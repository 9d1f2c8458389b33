import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { IdMap } from '../../core/contracts/id-map.js';
import { cancelled } from '../../core/errors/errors.js';
import { processNotStarted } from './errors.js';
import type { HostTools } from './host-tools.js';
import { surroundingsOf } from './oci-runtime.js';

/**
 * Mounts an ended job's disk where only this process sees it, and archives its /work as the ids that own it: what the job made has no
 * power over the reader, and the reader none over the host. Mounted writable, since the kernel may still hold the job's own mount for a
 * moment, and refuses another mode beside it; for the same reason a second try.
 *
 * Arguments: private directory, image, owner.
 */
const SCRIPT = `
set -eu
mount -t tmpfs -o mode=755,nosuid,nodev joblet "$1"
cd "$1"
mkdir disk
mount -t ext4 -o loop,nosuid,nodev,noexec,noatime -- "$2" disk 2>/dev/null || {
  sleep 0.2
  mount -t ext4 -o loop,nosuid,nodev,noexec,noatime -- "$2" disk
}
exec setpriv --reuid "$3" --regid "$3" --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \\
  tar --create --format=gnu --file=- --directory=disk/work --one-file-system --ignore-failed-read --warning=no-file-ignored .
`;

/** A tar archive of the image's /work. The stream fails with E_NOT_STARTED when it cannot be read, with E_CANCELLED at the signal. */
export function packWork(tools: HostTools, imagePath: string, owner: IdMap, signal?: AbortSignal): Readable {
  const { privateDirectory } = surroundingsOf(tools.runtime);
  const child = spawn(
    tools.setpriv,
    [
      ...['--pdeathsig', 'KILL', '--', tools.unshare, '--mount', '--', tools.shell],
      ...['-c', SCRIPT, 'joblet', privateDirectory, imagePath, String(owner.hostStart)],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      detached: true,
    },
  );
  const archive = new PassThrough();
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const end = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', end, { once: true });
  archive.once('close', end);
  child.stdout.pipe(archive, { end: false });
  const finish = async (): Promise<void> => {
    const [code] = await once(child, 'close');
    signal?.removeEventListener('abort', end);
    if (signal?.aborted) archive.destroy(cancelled(signal.reason));
    else if (code === 0) archive.end();
    else {
      const reason = errors.join('').trim().split('\n')[0] || `the reader of ${imagePath} ended with status ${code}`;
      archive.destroy(processNotStarted(reason, 'the disk of a job is read once it has ended'));
    }
  };
  finish().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
  return archive;
}
