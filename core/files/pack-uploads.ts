import { Readable } from 'node:stream';
import { DEFAULT_ID_MAP, type IdMap } from '../contracts/id-map.js';
import { cancelled, hostUnfit } from '../errors/errors.js';
import { uploadFailed } from '../errors/file-errors.js';
import { entryOf } from './host-directory.js';
import { startTar, type TarProcess } from './tar-process.js';
import { openUpload, type Upload, type UploadSource } from './upload-source.js';

export interface PackedUploads {
  /** A tar archive (GNU format) whose names are those in /work. Fails with E_UPLOAD when something cannot be read. */
  readonly archive: Readable;
  /** How many files are in it. */
  readonly files: number;
}

export interface PackOptions {
  readonly idMap?: IdMap;
  readonly signal?: AbortSignal;
  /** Something changed while it was read, say: the archive goes on. */
  readonly onWarning?: (message: string) => void;
}

/** As tar(1) says that something changed while it was read. */
const CHANGED = 1;

/**
 * Packs files and directories of the host for a job. Of several with one name the last wins. GNU tar opens everything below
 * the directories that we hand it relative to its parent and with O_NOFOLLOW: whoever swaps a directory for a link meanwhile
 * gets an error. Throws E_UPLOAD for what no job can be given, before anything is read.
 */
export async function packUploads(uploads: readonly Upload[], options: PackOptions = {}): Promise<PackedUploads> {
  const { idMap = DEFAULT_ID_MAP, signal } = options;
  if (signal?.aborted) throw cancelled(signal.reason);
  const sources: UploadSource[] = [];
  try {
    for (const upload of uploads) sources.push(await openUpload(upload));
    const tar = startTar(
      packOptions(sources, idMap),
      sources.map(({ directory }) => directory.fd),
      sources.flatMap(({ names }, index) => names.map((name) => entryOf(index + 3, name))),
    );
    const archive = Readable.from(contents(tar, options), { objectMode: false });
    signal?.addEventListener('abort', tar.kill, { once: true });
    // Also when nobody ever reads it.
    archive.once('close', () => {
      signal?.removeEventListener('abort', tar.kill);
      tar.kill();
    });
    return { archive, files: sources.reduce((sum, { files }) => sum + files, 0) };
  } finally {
    for (const { directory } of sources) await directory.close();
  }
}

function packOptions(sources: readonly UploadSource[], { hostStart }: IdMap): readonly string[] {
  return [
    '--create',
    '--format=gnu',
    '--sparse',
    '--absolute-names',
    `--owner=:${hostStart}`,
    `--group=:${hostStart}`,
    '--mode=ug-s',
    ...sources.map(({ rename }, index) => transformation(`/proc/self/fd/${index + 3}/`, rename)),
    '--null',
    '--files-from=-',
  ];
}

/** As sed(1) has it. `S`: the text of a link is no name in the archive. */
function transformation(prefix: string, rename: string | undefined): string {
  if (rename === undefined) return `--transform=s,^${prefix},,S`;
  return `--transform=s,^${prefix}[^/]*,${rename.replace(/[\\&,]/g, '\\$&')},S`;
}

async function* contents(tar: TarProcess, { signal, onWarning }: PackOptions): AsyncGenerator<Buffer> {
  yield* tar.output;
  const { status, messages, cause } = await tar.end;
  if (signal?.aborted) throw cancelled(signal.reason);
  if (cause !== undefined) throw hostUnfit('tar cannot be started', 'install GNU tar', cause);
  if (status === 0 || status === CHANGED) {
    for (const message of messages) onWarning?.(message);
    return;
  }
  const [reason = `tar ended with ${status === undefined ? 'a signal' : `status ${status}`}`] = messages;
  throw uploadFailed('the files', reason, 'they must be readable, and stay where they are while they are read');
}
