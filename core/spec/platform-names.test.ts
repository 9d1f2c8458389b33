import { expect, it } from 'vitest';
import { isSamePlatform, PLATFORM_NAMES } from './platform-names.js';

it('knows the platforms of the reference', () => {
  expect(PLATFORM_NAMES).toEqual(expect.arrayContaining(['ubuntu-amd64', 'ubuntu-arm64', 'rhel-amd64', 'amzn-amd64']));
});

it.each([
  ['amzn-amd64', 'amazon-amd64', true],
  ['almalinux-arm64', 'alma-arm64', true],
  ['debian-amd64', 'debian-amd64', true],
  ['debian-amd64', 'debian-arm64', false],
  ['debian-amd64', 'ubuntu-amd64', false],
])('%s and %s are one platform: %s', (one, other, same) => {
  expect(isSamePlatform(one, other)).toBe(same);
});
