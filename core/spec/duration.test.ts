import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.js';

describe('a duration', () => {
  it.each([
    ['20m', 1_200_000],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['2m250ms', 120_250],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '20', '20 minutes', 'm', '-5m', '5m ', '1e3s', '1h 30m', '٣m', '5d'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
