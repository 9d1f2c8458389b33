import { describe, expect, it } from 'vitest';
import { formatAmount, parseAmount, parseCores } from './amounts.js';

const MB = 2 ** 20;

describe('parseAmount', () => {
  it.each([
    ['512', 'M', 512 * MB],
    ['512', 'B', 512],
    ['512M', 'B', 512 * MB],
    ['512MB', 'M', 512 * MB],
    ['2g', 'M', 2048 * MB],
    ['1.5GiB', 'M', 1536 * MB],
    ['10 KB', 'M', 10_240],
    ['7B', 'M', 7],
    ['0', 'M', 0],
  ] as const)('reads %s (a bare number counts %s)', (text, bare, bytes) => {
    expect(parseAmount(text, bare)).toBe(bytes);
  });

  it.each(['', '-1', '1e3', 'M', '5 apples', '1.2.3', '0x10', '9999999T'])('takes %j for no amount', (text) => {
    expect(parseAmount(text, 'M')).toBeUndefined();
  });

  it('shows whole units', () => {
    expect([512 * MB, 1536 * MB, 2048 * MB, 1000, 1].map(formatAmount)).toEqual([
      '512 MB',
      '1.5 GB',
      '2 GB',
      '1000 bytes',
      '1 bytes',
    ]);
  });
});

describe('parseCores', () => {
  it('reads ranges and lists, each core once', () => {
    expect(parseCores('0-3')).toEqual([0, 1, 2, 3]);
    expect(parseCores('5, 1-2,1')).toEqual([1, 2, 5]);
  });

  it.each(['', '3-1', 'a', '1,', '-1', '1-2-3'])('takes %j for no list of cores', (text) => {
    expect(parseCores(text)).toBeUndefined();
  });
});
