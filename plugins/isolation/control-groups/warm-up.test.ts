import { expect, it } from 'vitest';
import { ownGroup } from './warm-up.js';

const LINES = '4:cpu,cpuacct:/a:b\n2:pids:/user/1\n1:name=systemd:/\n0::/unified\n';

it.each([
  ['pids', '/user/1'],
  ['cpuacct', '/a:b'],
  ['', '/unified'],
  ['memory', undefined],
])('finds the own group in the hierarchy of %j', (controller, group) => {
  expect(ownGroup(LINES, controller)).toBe(group);
});
