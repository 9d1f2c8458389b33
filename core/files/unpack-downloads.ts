import type { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { cancelled } from '../errors/errors.js';
import { downloadFailed } from '../errors/file-errors.js';
import { isJobletError } from '../errors/joblet-error.js';
import { printable } from '../spec/printable.js';
import { type Download, matcherOf } from './download-pattern.js';
import { type DraftFile, type NameParts, ResultsDirectory } from './results-directory.js';

export interface DownloadReport {
  /** Files written. */
  readonly files: number;
  /** What a pattern matched and was not written, the first of them, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Of everything that was left out. */
  readonly leftOutCount: number;
  /** Patterns that matched nothing. */
  readonly unmatched: readonly string[];
}

export interface UnpackOptions {
  /** The size of the disk that the archive is of: files that claim more have holes. */
  readonly maxBytes: number;
  /** Names in latin1 of files that are too large to be in the archive; complete when that has ended. @default none */
  readonly tooLarge?: readonly string[];
  readonly signal?: AbortSignal;
}

const MAX_LEFT_OUT = 100;

const REASONS: Partial<Record<Header['type'], string>> = {
  symlink: 'a link',
  fifo: 'a FIFO',
  'block-device': 'a device',
  'character-device': 'a device',
};

/** Names come as they are in the archive: latin1 has a character for each byte. */
const BYTE_NAMES = { filenameEncoding: 'latin1', highWaterMark: 256 * 1024 };

const PARENT = Buffer.from('..');

/** One download while the archive goes by. */
interface Target {
  readonly download: Download;
  readonly matches: (name: string) => boolean;
  readonly results: ResultsDirectory;
  /** Names that were written, for their hard links. */
  readonly written: Set<string>;
  matched: boolean;
}

/**
 * Writes what is wanted of a job's /work, from a tar archive in GNU format that is trusted in nothing: regular files and
 * directories only, below their directories only, owned by the caller. Throws E_DOWNLOAD, E_CANCELLED.
 */
export async function unpackDownloads(
  archive: Readable,
  downloads: readonly Download[],
  options: UnpackOptions,
): Promise<DownloadReport> {
  const targets: Target[] = [];
  // It may fail before it is read, which `read` sees.
  archive.on('error', () => {});
  try {
    for (const download of downloads) {
      const matches = matcherOf(download);
      const results = await ResultsDirectory.open(download.hostDir);
      targets.push({ download, matches, results, written: new Set(), matched: false });
    }
    return await new Unpacking(targets, options).read(archive);
  } finally {
    archive.destroy();
    for (const { results } of targets) await results.close();
  }
}

class Unpacking {
  private files = 0;
  private bytes = 0;
  private leftOutCount = 0;
  private readonly leftOut: { name: string; reason: string }[] = [];

  constructor(
    private readonly targets: readonly Target[],
    private readonly options: UnpackOptions,
  ) {}

  async read(archive: Readable): Promise<DownloadReport> {
    const { signal } = this.options;
    const entries = extract(BYTE_NAMES);
    const abort = () => entries.destroy(cancelled(signal?.reason));
    // The loop below throws it; without a listener, one that comes after the loop's end would be nobody's.
    entries.on('error', () => {});
    archive.once('close', () => {
      if (!archive.readableEnded) entries.destroy(archive.errored ?? new Error('it ends too early'));
    });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      if (signal?.aborted) throw cancelled(signal.reason);
      if (archive.errored) throw archive.errored;
      archive.pipe(entries);
      for await (const entry of entries) {
        await this.take(entry.header, entry);
        entry.resume();
      }
    } catch (error) {
      if (isJobletError(error)) throw error;
      throw downloadFailed('the files', String(error), 'the archive of what the job left cannot be read', error);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    for (const name of this.options.tooLarge ?? []) this.leaveTooLarge(name);
    return {
      files: this.files,
      leftOut: this.leftOut,
      leftOutCount: this.leftOutCount,
      unmatched: this.targets.filter(({ matched }) => !matched).map(({ download }) => download.pattern),
    };
  }

  private async take(header: Header, content: AsyncIterable<unknown>): Promise<void> {
    const parts = partsOf(header.name);
    if (parts === undefined) return;
    const name = Buffer.from(header.name, 'latin1').toString();
    this.checkSize(name, header.size);
    const plainName = parts.map(String).join('/');
    const wanted = this.targets.filter(({ matches }) => matches(plainName));
    if (wanted.length === 0) return;
    for (const target of wanted) target.matched = true;
    if (parts.some((part) => part.equals(PARENT))) this.leave(name, 'a name that leads out');
    else if (header.type === 'directory') {
      for (const { results } of wanted) await results.makeDirectory(parts);
    } else if (header.type === 'link') {
      for (const target of wanted) await this.link(target, name, header.linkname, parts);
    } else if (header.type === 'file' || header.type === 'contiguous-file') {
      await this.write(wanted, header, parts, content);
    } else this.leave(name, REASONS[header.type] ?? 'not a regular file');
  }

  private async write(
    wanted: readonly Target[],
    { size, mode, mtime }: Header,
    parts: NameParts,
    content: AsyncIterable<unknown>,
  ): Promise<void> {
    this.bytes += size;
    this.checkSize('the files', this.bytes);
    const drafts: DraftFile[] = [];
    try {
      for (const { results } of wanted) drafts.push(await results.draft(parts, mode));
      for await (const chunk of content) {
        if (!(chunk instanceof Uint8Array)) throw new TypeError('tar-stream gives bytes');
        for (const draft of drafts) await draft.write(chunk);
      }
      for (let draft = drafts.shift(); draft; draft = drafts.shift()) await draft.finish(mtime);
    } finally {
      for (const draft of drafts) await draft.discard();
    }
    for (const { written } of wanted) written.add(keyOf(parts));
    this.files++;
  }

  private async link(target: Target, name: string, linkname: string, parts: NameParts): Promise<void> {
    const existing = partsOf(linkname);
    if (existing === undefined || !target.written.has(keyOf(existing))) {
      this.leave(name, `a second name of ${printable(Buffer.from(linkname, 'latin1').toString())}`);
      return;
    }
    await target.results.link(existing, parts);
    target.written.add(keyOf(parts));
    this.files++;
  }

  /** A job can claim any size for a file with holes; nobody waits for petabytes of zeros, or has room for them. */
  private checkSize(name: string, size: number): void {
    if (size <= this.options.maxBytes) return;
    throw downloadFailed(
      printable(name),
      'it is larger than the disk that it is on',
      'the job made a file with holes: let it remove that, or ask for a larger disk',
    );
  }

  private leaveTooLarge(latin1: string): void {
    const plainName = partsOf(latin1)?.map(String).join('/') ?? '';
    const wanted = this.targets.filter(({ matches }) => matches(plainName));
    for (const target of wanted) target.matched = true;
    const name = Buffer.from(latin1, 'latin1').toString();
    if (wanted.length > 0) this.leave(name, 'larger than the disk that it is on: a file with holes');
  }

  private leave(name: string, reason: string): void {
    this.leftOutCount++;
    if (this.leftOut.length < MAX_LEFT_OUT) this.leftOut.push({ name: printable(name), reason });
  }
}

/** Undefined for the top itself. */
function partsOf(name: string): NameParts | undefined {
  const [first, ...rest] = name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map((part) => Buffer.from(part, 'latin1'));
  return first === undefined ? undefined : [first, ...rest];
}

/** `./a//b` and `a/b` are one name. */
function keyOf(parts: NameParts): string {
  return parts.map((part) => part.toString('latin1')).join('/');
}
