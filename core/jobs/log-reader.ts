import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A piece of a job's output, as it was written to one of its streams. */
export interface LogEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly output: 'stdout' | 'stderr';
  /** With its line break, where there was one. */
  readonly bytes: Buffer;
}

const CHUNK = 256 * 1024;
/** Between looks at a log that grows. */
const POLL_MS = 50;
const LINE_FEED = 10;

export interface FollowOptions {
  /** Whether more may come. Asked before a look at the file, so that what comes before a no is read. @default no more comes */
  readonly mayGrow?: () => Promise<boolean>;
  readonly signal?: AbortSignal;
}

/** Every entry of a log, then those that come. A log that does not exist is empty. An empty list says that all that is there was
 * given. */
export async function* readLog(file: string, options: FollowOptions = {}): AsyncGenerator<readonly LogEntry[]> {
  const { mayGrow = async () => false, signal } = options;
  let handle: FileHandle | undefined;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (;;) {
      if (signal?.aborted) return;
      const growing = await mayGrow();
      handle ??= await openLog(file);
      for (;;) {
        // Found before the end is read: what the old file holds then is all that it ever will.
        const replaced = handle !== undefined && (await isReplaced(handle, file));
        for (let read = await readSome(handle); read.length > 0; read = await readSome(handle)) {
          if (signal?.aborted) return;
          const { entries, unread } = split(rest.length === 0 ? read : Buffer.concat([rest, read]));
          rest = unread;
          if (entries.length > 0) yield entries;
        }
        if (!replaced) break;
        await handle?.close();
        rest = Buffer.alloc(0);
        handle = await openLog(file);
      }
      yield [];
      if (!growing) return;
      await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await handle?.close();
  }
}

async function openLog(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isReplaced(handle: FileHandle, file: string): Promise<boolean> {
  const [ours, named] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)]);
  return named !== undefined && named.ino !== ours.ino;
}

async function readSome(handle: FileHandle | undefined): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const { bytesRead = 0 } = (await handle?.read(buffer, 0, CHUNK, null)) ?? {};
  return buffer.subarray(0, bytesRead);
}

function split(bytes: Buffer): { readonly entries: readonly LogEntry[]; readonly unread: Buffer } {
  const entries: LogEntry[] = [];
  let from = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
    const entry = parse(bytes, from, end);
    if (entry !== undefined) entries.push(entry);
    from = end + 1;
  }
  return { entries, unread: bytes.subarray(from) };
}

/** `TIME OUTPUT TAG TEXT`; undefined for a line that is cut, which a crash of the host may leave. */
function parse(bytes: Buffer, from: number, end: number): LogEntry | undefined {
  const head = bytes.toString('latin1', from, Math.min(end, from + 64));
  const match = /^(\S+) (stdout|stderr) ([FP]) /.exec(head);
  const [all = '', time = '', output, tag] = match ?? [];
  if (output !== 'stdout' && output !== 'stderr') return undefined;
  // The line break of the file stands for the output's own.
  return { time, output, bytes: bytes.subarray(from + all.length, tag === 'F' ? end + 1 : end) };
}
