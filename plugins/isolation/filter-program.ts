import type { ConditionalCall, FilterPolicy } from './filter-policy.js';
import { type SyscallAbi, syscallNumbers } from './syscall-numbers.js';
import { ENOSYS, EPERM } from './syscalls.js';

/**
 * The filter as the kernel takes it: classic BPF over `struct seccomp_data` (seccomp(2)), instructions of 8 bytes. Made here
 * and not by the runtime, for two reasons: a program for another instruction set (x32, 32-bit Arm) then gets ENOSYS, where the
 * runtime's library kills it; and compiling takes that library 3 ms for each job, 17 ms with all of x86-64's instruction sets.
 */

const LOAD_WORD = 0x20;
const JUMP_ALWAYS = 0x05;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_GREATER = 0x25;
const JUMP_IF_ANY_BIT = 0x45;
const RETURN = 0x06;

/** SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with the error number. */
const ALLOW = 0x7fff0000;
const error = (number: number): number => 0x00050000 | number;

/** Offsets in seccomp_data; the first half of an argument is its low one, since all our processors are little-endian. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (index: number): number => 16 + 8 * index;

/** AUDIT_ARCH_*, linux/audit.h. */
const AUDIT_ARCHITECTURES: Readonly<Record<SyscallAbi, number>> = {
  x86_64: 0xc000003e,
  i386: 0x40000003,
  arm64: 0xc00000b7,
};

/** A conditional jump skips `whenTrue` or `whenFalse` of the instructions after it. */
interface Instruction {
  readonly code: number;
  readonly operand: number;
  readonly whenTrue?: number;
  readonly whenFalse?: number;
}

const load = (operand: number): Instruction => ({ code: LOAD_WORD, operand });
const answer = (operand: number): Instruction => ({ code: RETURN, operand });

/** The program's bytes, for programs of these kinds. All other kinds, x32's numbers included, get ENOSYS for every call. */
export function compileFilter(policy: FilterPolicy, abis: readonly SyscallAbi[]): Buffer {
  const program = [
    load(ARCHITECTURE),
    ...abis.flatMap((abi) => {
      const part = partFor(policy, abi);
      return [
        { code: JUMP_IF_EQUAL, operand: AUDIT_ARCHITECTURES[abi], whenTrue: 1 },
        { code: JUMP_ALWAYS, operand: part.length },
        ...part,
      ];
    }),
    answer(error(ENOSYS)),
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, operand, whenTrue = 0, whenFalse = 0 }] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(whenTrue, index * 8 + 2);
    bytes.writeUInt8(whenFalse, index * 8 + 3);
    bytes.writeUInt32LE(operand, index * 8 + 4);
  }
  return bytes;
}

/**
 * Ranges of numbers in ascending order, each with its verdict; none is ever passed by, so the jumps are short. The kernel
 * remembers which calls are always allowed, so that the order costs nothing.
 */
function partFor(policy: FilterPolicy, abi: SyscallAbi): Instruction[] {
  const numbers = syscallNumbers();
  const verdicts = new Map<number, readonly Instruction[]>();
  const set = (name: string, verdict: readonly Instruction[]): void => {
    const number = numbers.get(name)?.[abi];
    if (number !== undefined) verdicts.set(number, verdict);
  };
  const allowed = [answer(ALLOW)];
  const denied = [answer(error(EPERM))];
  const unknown = [answer(error(ENOSYS))];
  for (const name of policy.allowed) set(name, allowed);
  for (const name of policy.denied) set(name, denied);
  for (const call of policy.conditional) set(call.name, test(call));

  const program = [load(NUMBER)];
  const last = Math.max(...verdicts.keys());
  for (let number = 0; number <= last; number += 1) {
    const verdict = verdicts.get(number) ?? unknown;
    if (verdict === (verdicts.get(number + 1) ?? unknown)) continue;
    program.push({ code: JUMP_IF_GREATER, operand: number, whenTrue: verdict.length }, ...verdict);
  }
  return [...program, ...unknown];
}

function test({ argument: index, condition }: ConditionalCall): Instruction[] {
  const [yes, no] = [answer(ALLOW), answer(error(ENOSYS))];
  const [tests, hit, miss] =
    'withoutBits' in condition
      ? [[{ code: JUMP_IF_ANY_BIT, operand: condition.withoutBits }], no, yes]
      : 'oneOf' in condition
        ? [equalTo(condition.oneOf), yes, no]
        : [equalTo(condition.noneOf), no, yes];
  const jumps = tests.map((one, at) => ({ ...one, whenTrue: tests.length - at }));
  return [load(argument(index)), ...jumps, miss, hit];
}

function equalTo(values: readonly number[]): Instruction[] {
  return values.map((operand) => ({ code: JUMP_IF_EQUAL, operand }));
}
