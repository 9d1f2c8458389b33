import { describe, expect, it } from 'vitest';
import { allBut, seccompFilter } from './seccomp.js';
import { ALLOWED_SYSCALLS, ALLOWED_WITH_CHROOT, DENIED_SYSCALLS } from './syscalls.js';

const architecture = 'SCMP_ARCH_X86_64';

describe('the system call filter', () => {
  it('names no call twice', () => {
    const all = [...ALLOWED_SYSCALLS, ...ALLOWED_WITH_CHROOT, ...DENIED_SYSCALLS];
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  it('allows these only under a condition, or not at all', () => {
    for (const name of [
      'clone',
      'clone3',
      'unshare',
      'setns',
      'socket',
      'ioctl',
      'personality',
      'mount',
      'ptrace',
      'bpf',
    ]) {
      expect(ALLOWED_SYSCALLS).not.toContain(name);
    }
  });

  it('allows chroot to builds only', () => {
    const verdict = (chroot: boolean) =>
      seccompFilter({ chroot, architecture }).syscalls.find((rule) => rule.names.includes('chroot'))?.action;
    expect(verdict(true)).toBe('SCMP_ACT_ALLOW');
    expect(verdict(false)).toBe('SCMP_ACT_ERRNO');
  });

  it('kills nothing', () => {
    const filter = seccompFilter({ chroot: false, architecture });
    const actions = new Set([filter.defaultAction, ...filter.syscalls.map((rule) => rule.action)]);
    expect([...actions].sort()).toEqual(['SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO']);
  });
});

describe('all but some numbers', () => {
  const matches = (denied: number[], value: number) =>
    allBut(denied).filter((bits) => (value & bits.mask) >>> 0 === bits.value).length;

  it.each([[[0x5412]], [[0x5412, 0x541c]], [[0, 0xffffffff]], [[1, 2, 3]]])(
    'are each in one comparison, and these in none: %j',
    (denied) => {
      const others = [0, 1, 4, 0x5401, 0x5411, 0x5413, 0x541b, 0x541d, 0x80045430, 0x7fffffff, 0xfffffffe, 0xffffffff];
      for (const value of denied) expect(matches(denied, value)).toBe(0);
      for (const value of others.filter((other) => !denied.includes(other))) expect(matches(denied, value)).toBe(1);
    },
  );

  it('are all numbers where none is denied', () => {
    expect(allBut([])).toEqual([{ mask: 0, value: 0 }]);
  });
});
