import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filterPolicy } from './filter-policy.js';
import { compileFilter } from './filter-program.js';
import { type SyscallAbi, syscallNumbers } from './syscall-numbers.js';
import { runFilter } from './test-support/run-filter.js';

const ALLOWED = 0x7fff0000;
const NOT_PERMITTED = 0x50001;
const NO_SUCH_CALL = 0x50026;

const ARCHITECTURES: Readonly<Record<SyscallAbi, number>> = {
  x86_64: 0xc000003e,
  i386: 0x40000003,
  arm64: 0xc00000b7,
};
const policy = filterPolicy({ chroot: false });
const x86 = compileFilter(policy, ['x86_64', 'i386']);
const arm = compileFilter(policy, ['arm64']);

const numberOf = (name: string, abi: SyscallAbi): number => syscallNumbers().get(name)?.[abi] ?? -1;

describe.each([
  ['x86_64', x86],
  ['i386', x86],
  ['arm64', arm],
] as const)('the filter for programs of %s', (abi, program) => {
  const architecture = ARCHITECTURES[abi];
  const ask = (name: string, ...args: bigint[]) =>
    runFilter(program, { architecture, number: numberOf(name, abi), args });

  it('says of every number what the lists say', () => {
    const expected = new Map<number, number>();
    for (const name of policy.allowed) expected.set(numberOf(name, abi), ALLOWED);
    for (const name of policy.denied) expected.set(numberOf(name, abi), NOT_PERMITTED);
    for (const { name } of policy.conditional) expected.delete(numberOf(name, abi));
    const conditional = policy.conditional.map(({ name }) => numberOf(name, abi));
    for (let number = 0; number < 1024; number += 1) {
      if (conditional.includes(number)) continue;
      expect(runFilter(program, { architecture, number }), String(number)).toBe(expected.get(number) ?? NO_SUCH_CALL);
    }
    for (const number of [0x40000000, 0x40000000 + 1, 0x40000000 + 39, 0x7fffffff, 0xffffffff]) {
      expect(runFilter(program, { architecture, number }), String(number)).toBe(NO_SUCH_CALL);
    }
  });

  it('lets clone make threads and processes, and no namespace', () => {
    expect(ask('clone', 17n)).toBe(ALLOWED);
    expect(ask('clone', 0x3d0f00n)).toBe(ALLOWED);
    for (const flag of [0x20000n, 0x2000000n, 0x4000000n, 0x8000000n, 0x10000000n, 0x20000000n, 0x40000000n]) {
      expect(ask('clone', flag | 17n), flag.toString(16)).toBe(NO_SUCH_CALL);
    }
    expect(ask('clone3', 0n)).toBe(NO_SUCH_CALL);
  });

  it('compares the low half of an argument only, as the kernel reads it', () => {
    for (const high of [0n, 1n << 32n, 0xffffffffn << 32n]) {
      expect(ask('ioctl', 0n, high | 0x5412n)).toBe(NO_SUCH_CALL);
      expect(ask('ioctl', 0n, high | 0x541cn)).toBe(NO_SUCH_CALL);
      expect(ask('ioctl', 0n, high | 0x5413n)).toBe(ALLOWED);
      expect(ask('socket', high | 40n)).toBe(NO_SUCH_CALL);
      expect(ask('socket', high | 2n)).toBe(ALLOWED);
      expect(ask('personality', high | 0x40000n)).toBe(NO_SUCH_CALL);
      expect(ask('personality', high | 0xffffffffn)).toBe(ALLOWED);
    }
  });
});

it('programs for another instruction set get ENOSYS for every call', () => {
  for (const architecture of [0, 0x40000028, 0xc00000f3, ARCHITECTURES.arm64]) {
    for (const number of [0, 1, 39, 248]) expect(runFilter(x86, { architecture, number })).toBe(NO_SUCH_CALL);
  }
});

it('fits into what the kernel takes: 4096 instructions', () => {
  expect(x86.length / 8).toBeLessThan(2048);
});

it('has a number for every call that the lists name, and no other', () => {
  const named = [...policy.allowed, ...policy.denied, ...policy.conditional.map(({ name }) => name)];
  expect([...syscallNumbers().keys()].sort()).toEqual([...new Set([...named, 'clone3'])].sort());
});

const headers = { x86_64: 'unistd_64.h', i386: 'unistd_32.h' } as const;
const headerPath = (abi: keyof typeof headers) => `/usr/include/x86_64-linux-gnu/asm/${headers[abi]}`;

it.skipIf(!existsSync(headerPath('x86_64'))).each(['x86_64', 'i386'] as const)(
  "has the numbers that this host's kernel headers have for %s",
  (abi) => {
    const text = readFileSync(headerPath(abi), 'utf8');
    const known = new Map([...text.matchAll(/#define __NR_(\w+) (\d+)/g)].map(([, name, number]) => [name, number]));
    expect(known.size).toBeGreaterThan(300);
    const newest = Math.max(...[...known.values()].map(Number));
    for (const [name, numbers] of syscallNumbers()) {
      const number = numbers[abi];
      if (number === undefined || number <= newest) expect(known.get(name), name).toBe(number?.toString());
    }
  },
);
