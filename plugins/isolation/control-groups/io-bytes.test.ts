import { expect, it } from 'vitest';
import { totalBytes } from './io-bytes.js';

it('counts disks together, and what a disk in a file has passed on to one only once', () => {
  expect(totalBytes([])).toBe(0);
  expect(
    totalBytes([
      ['8:0', 10],
      ['254:0', 5],
    ]),
  ).toBe(15);
  expect(
    totalBytes([
      ['7:0', 10],
      ['7:1', 5],
    ]),
  ).toBe(15);
  expect(
    totalBytes([
      ['254:0', 12],
      ['7:0', 10],
    ]),
  ).toBe(12);
});
