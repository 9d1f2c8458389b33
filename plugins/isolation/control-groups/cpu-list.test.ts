import { expect, it } from 'vitest';
import { formatCpuList, parseCpuList } from './cpu-list.js';

it('reads ranges and single cores as the kernel writes them', () => {
  expect([...parseCpuList('0-3,8,10-11\n')]).toEqual([0, 1, 2, 3, 8, 10, 11]);
  expect([...parseCpuList('\n')]).toEqual([]);
});

it('writes cores so that the kernel reads them', () => expect(formatCpuList([1, 3, 5])).toBe('1,3,5'));
