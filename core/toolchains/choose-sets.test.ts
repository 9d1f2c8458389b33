import { expect, it } from 'vitest';
import { isVersion } from './choose-sets.js';

it.each([
  ['3.11.2-6+deb12u9', '3.11', true],
  ['2:1.19~1', '1.19', true],
  ['1:3.1', '3', true],
  ['18.20.4+dfsg-1~deb12u3', '18', true],
  ['17.0.21.1+2-1~deb12u1', '17', true],
  ['1.63.0+dfsg1-2', '1.63.0', true],
  ['1.21.13-1~bpo12+1', '1.21', true],
  ['1.190-1', '1.19', false],
  ['3.1-1', '3.11', false],
  ['3.11.0~rc1-1~22.04', '3.11', false],
  ['3.15.0~b2-1', '3.15', false],
  ['1.24~rc1-1', '1.24', false],
  ['22~pre1', '22', false],
])('%s is of version %s: %s', (version, wanted, is) => {
  expect(isVersion(version, wanted)).toBe(is);
});
