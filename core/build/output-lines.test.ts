import { expect, it } from 'vitest';
import { OutputLines } from './output-lines.js';

function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = new OutputLines((line) => lines.push(line));
  return new Promise((resolve) => {
    for (const chunk of chunks) stream.write(chunk);
    stream.end(() => resolve(lines));
  });
}

it('cuts at line feeds, carriage returns and the end, wherever the chunks are cut', async () => {
  expect(await linesOf('one\ntw', 'o\r\n50%\r100%\nlast')).toEqual(['one', 'two', '50%', '100%', 'last']);
});

it('keeps a character whole that comes in two chunks', async () => {
  const bytes = Buffer.from('é\n');
  expect(await linesOf(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é']);
});

it('does not grow with a line that never ends', async () => {
  const lines = await linesOf(...Array.from({ length: 100 }, () => 'x'.repeat(10_000)));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(16_384);
});
