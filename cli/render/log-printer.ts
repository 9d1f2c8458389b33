import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { LogEntry } from '../../core/jobs/log-reader.js';

const LINE_FEED = 10;

/** Writes the entries of a log to the two streams that they came from. */
export class LogPrinter {
  /** Outputs whose last line has no line break yet. */
  readonly #open = new Set<LogEntry['output']>();

  constructor(
    private readonly options: { readonly stdout: Writable; readonly stderr: Writable; readonly timestamps: boolean },
  ) {}

  /** At the pace of the reader. False when it wants no more. */
  async print(entries: readonly LogEntry[]): Promise<boolean> {
    // Neighbours of one stream in one piece: a write for each line would take most of the time.
    let output: LogEntry['output'] = 'stdout';
    let pieces: Uint8Array[] = [];
    for (const entry of entries) {
      if (entry.output !== output) {
        if (!(await this.write(output, pieces))) return false;
        output = entry.output;
        pieces = [];
      }
      if (this.options.timestamps && !this.#open.has(output)) pieces.push(Buffer.from(`${entry.time} `));
      pieces.push(entry.bytes);
      if (entry.bytes.at(-1) === LINE_FEED) this.#open.delete(output);
      else this.#open.add(output);
    }
    return this.write(output, pieces);
  }

  private async write(output: LogEntry['output'], pieces: readonly Uint8Array[]): Promise<boolean> {
    const stream = this.options[output];
    if (pieces.length > 0 && !stream.destroyed && !stream.write(Buffer.concat(pieces))) await roomIn(stream);
    return !stream.destroyed;
  }
}

/** Resolves when the stream takes more, or never will. */
async function roomIn(stream: Writable): Promise<void> {
  const done = new AbortController();
  const either = ['drain', 'close'].map((event) => once(stream, event, { signal: done.signal }));
  await Promise.race(either).catch(() => undefined);
  done.abort();
  await Promise.allSettled(either);
}
