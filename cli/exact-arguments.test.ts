import { describe, expect, it } from 'vitest';
import { exactArguments } from './exact-arguments.js';

describe('the arguments of this process', () => {
  const line = Buffer.concat([Buffer.from('node\0rnx.js\0job\0'), Buffer.of(0x41, 0xff), Buffer.from('\0\0ü\0')]);

  it('keep the bytes that Node replaced', () => {
    expect(exactArguments(['job', 'A\ufffd', '', 'ü'], () => line)).toEqual(['job', 'A\udcff', '', 'ü']);
  });

  it('are what Node says where the kernel says something else', () => {
    expect(exactArguments(['B\ufffd', '', 'ü'], () => line)).toEqual(['B\ufffd', '', 'ü']);
  });

  it('are not looked up when nothing was replaced', () => {
    expect(exactArguments(['job'], () => Buffer.from('other\0'))).toEqual(['job']);
  });
});
