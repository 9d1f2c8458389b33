import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ResourceLimits } from '../../../core/contracts/resource-limits.js';
import { findControlGroups } from './detect.js';
import type { HierarchyMount } from './hierarchies.js';

const scratch: string[] = [];

/** A directory that looks as a group does to those who only read. */
function looksLike(files: Record<string, string>, writable = true): HierarchyMount {
  const directory = mkdtempSync(path.join(tmpdir(), 'joblet-groups-'));
  scratch.push(directory);
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(directory, file), content);
  return { path: directory, writable, group: '/' };
}

const ALL = 'cpuset cpu io memory hugetlb pids\n';
const LIMITS: ResourceLimits = { cpuPercent: 50, memoryBytes: 1e8, pids: 10, ioBytesPerSecond: 1e6, cpuCores: [0] };

afterAll(() => {
  for (const directory of scratch.splice(0)) rmSync(directory, { recursive: true });
});

describe('the driver', () => {
  it('is that of version 2 where it has the controllers', () => {
    const v2 = looksLike({
      'cgroup.controllers': ALL,
      'cgroup.subtree_control': ALL,
      'cpuset.cpus.effective': '0-1\n',
    });
    const groups = findControlGroups({ v1: new Map([['net_cls', looksLike({})]]), v2 });
    expect(groups.version).toBe(2);
    expect(() => groups.check(LIMITS)).not.toThrow();
  });

  it('is that of version 1 where version 2 has been left without controllers', () => {
    const v1 = new Map(['cpu', 'memory', 'pids', 'blkio'].map((controller) => [controller, looksLike({})]));
    const groups = findControlGroups({ v1, v2: looksLike({ 'cgroup.controllers': 'hugetlb\n' }) });
    expect(groups.version).toBe(1);
    expect(() => groups.check({ cpuPercent: 50, memoryBytes: 1e8, pids: 10, ioBytesPerSecond: 1e6 })).not.toThrow();
    expect(() => groups.check({ cpuCores: [0] })).toThrow(/the cpuset controller is not mounted/);
  });

  it('is none where no control groups are mounted', () => {
    expect(() => findControlGroups({ v1: new Map(), v2: undefined })).toThrow(
      expect.objectContaining({ code: 'E_HOST_UNFIT', hint: expect.stringContaining('mount -t cgroup2') }),
    );
  });
});

describe('a host that cannot hold a limit', () => {
  const refusals: [string, HierarchyMount, RegExp, RegExp][] = [
    [
      'lacks the controller',
      looksLike({ 'cgroup.controllers': 'cpu memory\n' }),
      /has no pids controller/,
      /delegated/,
    ],
    ['has its groups read-only', looksLike({ 'cgroup.controllers': ALL }, false), /mounted read-only/, /--privileged/],
    [
      'has processes in the outermost group of a container',
      looksLike({ 'cgroup.controllers': ALL, 'cgroup.type': 'domain\n', 'cgroup.procs': '1\n7\n' }),
      /does not hand the pids controller on/,
      /mkdir .*init/,
    ],
  ];
  it.each(refusals)('says so when it %s', (_, v2, message, hint) => {
    const groups = findControlGroups({ v1: new Map(), v2 });
    expect(() => groups.check({})).not.toThrow();
    expect(() => groups.check({ pids: 10 })).toThrow(message);
    expect(() => groups.check({ pids: 10 })).toThrow(
      expect.objectContaining({ code: 'E_LIMIT_UNENFORCEABLE', hint: expect.stringMatching(hint) }),
    );
  });

  it('says so when version 1 is mounted read-only', () => {
    const groups = findControlGroups({ v1: new Map([['pids', looksLike({}, false)]]), v2: undefined });
    expect(() => groups.check({ pids: 10 })).toThrow(/mounted read-only/);
  });
});
