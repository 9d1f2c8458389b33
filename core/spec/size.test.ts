import { describe, expect, it } from 'vitest';
import { parseSize } from './size.js';

describe('a size', () => {
  it.each([
    ['256MB', 268_435_456],
    ['256 MB', 268_435_456],
    ['512MiB', 536_870_912],
    ['1.5GB', 1_610_612_736],
    ['64KB', 65_536],
    ['1TB', 1_099_511_627_776],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '256', '256 apples', 'MB', '-1MB', '256mb', '1e3MB', '256MBs'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});
