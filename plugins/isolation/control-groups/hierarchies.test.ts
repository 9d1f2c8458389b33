import { describe, expect, it } from 'vitest';
import { parseHierarchies } from './hierarchies.js';

const line = (mountPoint: string, type: string, superOptions: string, { options = 'rw,nosuid', group = '/' } = {}) =>
  `33 31 0:30 ${group} ${mountPoint} ${options} shared:9 - ${type} ${type} ${superOptions}`;

const parse = (lines: string[], hidden: string[] = []) =>
  parseHierarchies(lines.join('\n'), (path) => !hidden.includes(path));

const paths = (lines: string[], hidden: string[] = []) => {
  const { v1, v2 } = parse(lines, hidden);
  return { v1: Object.fromEntries([...v1].map(([controller, mount]) => [controller, mount.path])), v2: v2?.path };
};

describe('mounted control groups', () => {
  it('are one hierarchy in version 2', () => {
    expect(paths([line('/proc', 'proc', 'rw'), line('/sys/fs/cgroup', 'cgroup2', 'rw,nsdelegate')])).toEqual({
      v1: {},
      v2: '/sys/fs/cgroup',
    });
  });

  it('are several in version 1, some with more than one controller, some with none', () => {
    const lines = [
      line('/sys/fs/cgroup', 'tmpfs', 'ro,mode=755'),
      line('/sys/fs/cgroup/systemd', 'cgroup', 'rw,xattr,name=systemd'),
      line('/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'),
      line('/sys/fs/cgroup/pids', 'cgroup', 'rw,pids'),
      line('/sys/fs/cgroup/unified', 'cgroup2', 'rw'),
    ];
    const both = '/sys/fs/cgroup/cpu,cpuacct';
    expect(paths(lines)).toMatchObject({
      v1: { cpu: both, cpuacct: both, pids: '/sys/fs/cgroup/pids' },
      v2: '/sys/fs/cgroup/unified',
    });
  });

  it('are not those that another mount hides', () => {
    expect(paths([line('/sys/fs/cgroup/unified', 'cgroup2', 'rw')], ['/sys/fs/cgroup/unified']).v2).toBeUndefined();
  });

  it.each([
    ['the mount', line('/sys/fs/cgroup', 'cgroup2', 'rw', { options: 'ro,nosuid' })],
    ['the file system', line('/sys/fs/cgroup', 'cgroup2', 'ro')],
  ])('are not writable when %s is read-only', (_, mount) => {
    expect(parse([mount]).v2).toMatchObject({ writable: false });
  });

  it('are those that can be written where there is more than one', () => {
    const mounts = [line('/ro', 'cgroup2', 'rw', { options: 'ro' }), line('/rw', 'cgroup2', 'rw')];
    expect(paths(mounts).v2).toBe('/rw');
    expect(paths(mounts.reverse()).v2).toBe('/rw');
  });

  it('can be in a directory with a space, and show a group that is not the outermost', () => {
    expect(parse([line('/control\\040groups', 'cgroup2', 'rw', { group: '/docker/1' })]).v2).toEqual({
      path: '/control groups',
      writable: true,
      group: '/docker/1',
    });
  });
});
