import { expect, it } from 'vitest';
import { secretMasker } from './mask-secrets.js';

it('masks a secret as it is and as a URL has it, the longest first', () => {
  const mask = secretMasker(['p@ss', 'p@ssword', '']);
  expect(mask('https://me:p%40ssword@host p@ss p@ssword')).toBe('https://me:***@host *** ***');
});
