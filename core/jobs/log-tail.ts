import type { LogEntry } from './log-reader.js';

/** The entries of the last `count` lines, of both streams together; a line may be in several pieces. */
export class LogTail {
  private readonly lines: LogEntry[][] = [];
  private readonly open = new Map<LogEntry['output'], LogEntry[]>();

  constructor(private readonly count: number) {}

  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      let line = this.open.get(entry.output);
      if (line === undefined) {
        line = [];
        this.open.set(entry.output, line);
        this.lines.push(line);
        if (this.lines.length > this.count) this.lines.shift();
      }
      // An entry keeps the whole piece that was read alive.
      line.push({ ...entry, bytes: Buffer.from(entry.bytes) });
      if (entry.bytes.at(-1) === 10) this.open.delete(entry.output);
    }
  }

  get entries(): readonly LogEntry[] {
    return this.count === 0 ? [] : this.lines.flat();
  }
}
