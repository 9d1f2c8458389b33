import { describe, expect, it } from 'vitest';
import { formatDuration, formatSize } from './quantities.js';

describe('formatSize', () => {
  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1.0KB'],
    [1024 * 1024 - 1, '1.0MB'],
    [237_285_376, '226.3MB'],
    [5 * 1024 ** 3, '5.0GB'],
    [5000 * 1024 ** 4, '5000.0TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [340.4, '340ms'],
    [999.6, '1.0s'],
    [12_340, '12.3s'],
    [59_960, '1m00s'],
    [125_000, '2m05s'],
    [3_599_600, '1h00m'],
    [3_720_000, '1h02m'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
