import { describe, expect, it } from 'vitest';
import { gpusOf } from './job-gpus.js';

describe('the GPUs of a job', () => {
  it.each([
    ['none unless asked for', {}, false, undefined],
    ['one in a runtime that needs one', {}, true, { count: 1 }],
    ['as many as asked for, also there', { gpu: 2 }, true, { count: 2 }],
    ['none where none is asked for, also there', { gpu: 0 }, true, undefined],
    ['by memory in MB', { gpu: 1, gpuMemory: 8 }, false, { count: 1, memoryBytes: 8 * 2 ** 20 }],
    ['by memory with a unit', { gpuMemory: '8GB' }, true, { count: 1, memoryBytes: 8 * 2 ** 30 }],
    ['of any memory for 0', { gpu: 1, gpuMemory: '0' }, false, { count: 1 }],
  ])('are %s', (_, asked, required, expected) => {
    expect(gpusOf(asked, required)).toEqual(expected);
  });

  it.each([
    [{ gpu: -1 }, '--gpu -1: not a number of GPUs'],
    [{ gpu: 1.5 }, '--gpu 1.5: not a number of GPUs'],
    [{ gpu: 1, gpuMemory: 'much' }, '--gpu-memory "much": not an amount'],
    [{ gpuMemory: '8G' }, '--gpu-memory of a job without a GPU'],
  ])('are refused as %j', (asked, message) => {
    expect(() => gpusOf(asked, false)).toThrow(message);
  });
});
