import { expect, it } from 'vitest';
import { coversPlatform, PLATFORM_NAMES } from './platform-names.js';

it('knows the platforms of the reference', () => {
  expect(PLATFORM_NAMES).toEqual(expect.arrayContaining(['ubuntu-amd64', 'ubuntu-arm64', 'rhel-amd64', 'amzn-amd64']));
});

it.each([
  ['amzn-amd64', 'amazon-amd64', true],
  ['amazon-amd64', 'amzn-amd64', true],
  ['almalinux-arm64', 'alma-arm64', true],
  ['debian-amd64', 'debian-amd64', true],
  ['debian-amd64', 'debian-arm64', false],
  ['ubuntu-amd64', 'debian-amd64', true],
  ['ubuntu-amd64', 'debian-arm64', false],
  ['debian-amd64', 'ubuntu-amd64', false],
  ['rhel-amd64', 'rocky-amd64', true],
  ['rhel-amd64', 'almalinux-amd64', true],
  ['rocky-amd64', 'rhel-amd64', false],
  ['rhel-amd64', 'amzn-amd64', false],
  ['rhel-amd64', 'fedora-amd64', false],
])('%s covers %s: %s', (wanted, host, covered) => {
  expect(coversPlatform(wanted, host)).toBe(covered);
});
