import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogEntry, readLog } from './log-reader.js';
import { LogTail } from './log-tail.js';
import { LogWriter } from './log-writer.js';

const now = () => new Date('2026-01-02T03:04:05.678Z');
let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'log-'));
  file = path.join(dir, 'log');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(pieces: readonly (readonly ['stdout' | 'stderr', string | Buffer])[], limit = 2 ** 30): void {
  const writer = new LogWriter(file, limit, now);
  for (const [output, bytes] of pieces) writer.append(output, Buffer.from(bytes));
  writer.close();
}

async function read(): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const some of readLog(file)) entries.push(...some);
  return entries;
}

function bytesOf(entries: readonly LogEntry[], output: 'stdout' | 'stderr'): Buffer {
  return Buffer.concat(entries.filter((entry) => entry.output === output).map(({ bytes }) => bytes));
}

describe('a log', () => {
  it('is in the format of Kubernetes’ runtimes', () => {
    write([
      ['stdout', 'one\ntwo'],
      ['stderr', 'warning\n'],
      ['stdout', ' and a half\n\n'],
    ]);
    const time = '2026-01-02T03:04:05.678000000+00:00';
    expect(readFileSync(file, 'utf8')).toBe(
      [
        `${time} stdout F one`,
        `${time} stdout P two`,
        `${time} stderr F warning`,
        `${time} stdout F  and a half`,
        `${time} stdout F `,
        '',
      ].join('\n'),
    );
  });

  it('gives back every byte of both outputs, whatever they are', async () => {
    const all = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
    write([
      ['stdout', all],
      ['stderr', '\r\n\n $& stdout F \n'],
      ['stdout', '\n'],
      ['stdout', Buffer.from([0xff, 0x0a, 0x00])],
    ]);
    const entries = await read();
    expect(bytesOf(entries, 'stdout').equals(Buffer.concat([all, Buffer.from([0x0a, 0xff, 0x0a, 0x00])]))).toBe(true);
    expect(bytesOf(entries, 'stderr').toString()).toBe('\r\n\n $& stdout F \n');
    expect(entries[0]?.time).toBe('2026-01-02T03:04:05.678000000+00:00');
  });

  it('is begun anew when it reaches its limit, and holds the newest', async () => {
    write(
      Array.from({ length: 100 }, (_, index) => ['stdout', `line ${index}\n`] as const),
      1000,
    );
    expect(statSync(file).size).toBeLessThanOrEqual(1000);
    const text = bytesOf(await read(), 'stdout').toString();
    expect(text.endsWith('line 98\nline 99\n')).toBe(true);
    expect(text).not.toContain('line 1\n');
  });

  it('is followed over such a change without a loss while the reader keeps up', async () => {
    const writer = new LogWriter(file, 500, now);
    let count = 0;
    let looks = 0;
    const mayGrow = async (): Promise<boolean> => {
      looks++;
      if (looks > 40) return false;
      for (let line = 0; line < 3; line++) writer.append('stdout', Buffer.from(`line ${count++}\n`));
      return true;
    };
    let text = '';
    for await (const entries of readLog(file, { mayGrow }))
      text += entries.map(({ bytes }) => bytes.toString()).join('');
    writer.close();
    expect(text).toBe(Array.from({ length: 120 }, (_, index) => `line ${index}\n`).join(''));
  });

  it('is empty where there is none, and without the line that a crash has cut', async () => {
    expect(await read()).toEqual([]);
    writeFileSync(file, '2026-01-02T03:04:05.678000000+00:00 stdout F whole\n\0\0\0\n2026-01-02T03:04:05 std');
    expect((await read()).map(({ bytes }) => bytes.toString())).toEqual(['whole\n']);
  });
});

describe('the tail of a log', () => {
  it('counts lines of both outputs, however many pieces they came in', async () => {
    write([
      ['stdout', 'a\nb'],
      ['stderr', 'x\n'],
      ['stdout', 'b\nc\n'],
      ['stdout', 'rest'],
    ]);
    const tail = (count: number, entries: readonly LogEntry[]) => {
      const last = new LogTail(count);
      last.add(entries);
      return last.entries.map(({ bytes }) => bytes.toString()).join('');
    };
    const entries = await read();
    expect(tail(1, entries)).toBe('rest');
    expect(tail(2, entries)).toBe('c\nrest');
    expect(tail(4, entries)).toBe('bb\nx\nc\nrest');
    expect(tail(0, entries)).toBe('');
    expect(tail(100, entries)).toBe('a\nbb\nx\nc\nrest');
  });
});
