import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { PackWorkOptions } from '../../core/contracts/isolator.js';
import { cancelled } from '../../core/errors/errors.js';
import { processNotStarted } from './errors.js';
import type { HostTools } from './host-tools.js';
import { surroundingsOf } from './oci-runtime.js';

/**
 * Mounts an ended job's disk where only this process sees it, and archives its /work. What the job made has no power over the reader,
 * and the reader none over the host: it is root of a user namespace that has the job's ids and no other, and may read whatever these
 * own, whichever of them and whatever its mode, since the image holds files of all users of the job; nothing else of the host is more
 * open to it than to anybody. Mounted writable, since the kernel may still hold the job's own mount for a moment, and refuses another
 * mode beside it; for the same reason a second try.
 *
 * The namespace's ids are written by a helper, so that what the caller may have to end is the reader itself. Both hold both FIFOs
 * open: neither can wait for the other when that has been ended.
 *
 * Arguments: private directory, image, first of the ids, how many, what the reader does, and its argument.
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
mkfifo ready mapped
exec 8<>ready 9<>mapped
{
  exec 7<ready 8>&-
  read -r _ <&7 || exit 0
  echo "0 $3 $4" >/proc/$$/uid_map && echo "0 $3 $4" >/proc/$$/gid_map || :
  echo mapped >&9
} </dev/null >/dev/null &
exec setpriv --reuid "$3" --regid "$3" --clear-groups -- unshare --user -- sh -c 'echo ready >&8
  exec 8>&-
  read -r _ <&9
  exec 9>&-
  exec setpriv --bounding-set=-all,+dac_read_search --inh-caps=-all --no-new-privs -- sh -c "$0" sh "$1"' "$5" "$6"
`;

/**
 * What the reader does. A file with holes may claim any size, and would be read as so many zeros: those larger than the disk are only
 * named, on descriptor 3. A walk that fails is no short archive but an error.
 *
 * Argument: bytes of the largest file.
 */
const READ = `
set -eu
cd disk/work
find . -xdev -type f -size "+$1c" -print0 >&3
exec 3>&-
{ find . -xdev ! '(' -type f -size "+$1c" ')' -print0 || kill "$$"; } |
  tar --create --format=gnu --numeric-owner --file=- --null --no-recursion --files-from=- --ignore-failed-read \\
    --warning=no-file-ignored
`;

/** A tar archive of the image's /work. The stream fails with E_NOT_STARTED when it cannot be read, with E_CANCELLED at the signal. */
export function packWork(
  tools: HostTools,
  imagePath: string,
  owner: IdMap,
  { maxFileBytes, onTooLarge, signal }: PackWorkOptions,
): Readable {
  const { privateDirectory } = surroundingsOf(tools.runtime);
  const child = spawn(
    tools.setpriv,
    [
      ...['--pdeathsig', 'KILL', '--', tools.unshare, '--mount', '--', tools.shell],
      ...[
        '-c',
        SCRIPT,
        'joblet',
        privateDirectory,
        imagePath,
        String(owner.hostStart),
        String(owner.size),
        READ,
        String(maxFileBytes),
      ],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      detached: true,
    },
  );
  const { stdout, stderr } = child;
  const tooLarge = child.stdio[3];
  if (!stdout || !stderr || !(tooLarge instanceof Readable)) throw new Error('a child without pipes');
  const archive = new PassThrough();
  const errors: string[] = [];
  stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const end = (): void => {
    child.kill('SIGKILL');
    // Ends what it has started.
    stdout.destroy();
  };
  signal?.addEventListener('abort', end, { once: true });
  archive.once('close', end);
  const names: Buffer[] = [];
  tooLarge.on('data', (chunk: Buffer) => names.push(chunk));
  stdout.pipe(archive, { end: false });
  const finish = async (): Promise<void> => {
    const [code] = await once(child, 'close');
    signal?.removeEventListener('abort', end);
    if (signal?.aborted) archive.destroy(cancelled(signal.reason));
    else if (code === 0) {
      const text = Buffer.concat(names).toString('latin1');
      for (const name of text.split('\0').slice(0, -1)) onTooLarge(name);
      archive.end();
    } else {
      const reason = errors.join('').trim().split('\n')[0] || `the reader of ${imagePath} ended with status ${code}`;
      archive.destroy(processNotStarted(reason, 'the disk of a job is read once it has ended'));
    }
  };
  finish().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
  return archive;
}
