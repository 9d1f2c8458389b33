import { hostUnfit } from '../../core/errors/errors.js';
import type { Condition } from './filter-policy.js';
import { filterPolicy } from './filter-policy.js';
import { compileFilter } from './filter-program.js';
import type { SyscallAbi } from './syscall-numbers.js';
import { ENOSYS, EPERM } from './syscalls.js';

/** The seccomp part of an OCI bundle. */
export interface SeccompFilter {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

interface SeccompRule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[];
}

interface SeccompArgument {
  readonly index: number;
  /** For a masked comparison, the mask; the value that must remain is `valueTwo`. */
  readonly value: number;
  readonly valueTwo: number;
  readonly op: typeof MASKED_EQUAL;
}

const MASKED_EQUAL = 'SCMP_CMP_MASKED_EQ';

/** The kernel takes int arguments from the low half of a register; the high half is the caller's to choose. */
const LOW_32_BITS = 0xffffffff;

/**
 * For runtimes that do not take the program itself (runc): one architecture only, calls of other ABIs (32 bit, x32) end with
 * SIGSYS.
 */
export function seccompFilter(options: { readonly chroot: boolean; readonly architecture: string }): SeccompFilter {
  const { allowed, denied, conditional } = filterPolicy(options);
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    architectures: [options.architecture],
    syscalls: [
      allow(allowed),
      { names: denied, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
      ...conditional.flatMap(({ name, argument, condition }) =>
        comparisons(condition).map((bits) => allow([name], { index: argument, ...bits })),
      ),
    ],
  };
}

/** crun installs this program instead of compiling the filter above (crun(1), run.oci.seccomp_bpf_data). */
export function seccompAnnotation(options: {
  readonly chroot: boolean;
  readonly architecture: string;
}): Readonly<Record<string, string>> {
  const key = `${options.architecture} ${options.chroot}`;
  const program = programs.get(key) ?? compileFilter(filterPolicy(options), ABIS[options.architecture] ?? []);
  programs.set(key, program);
  return { 'run.oci.seccomp_bpf_data': program.toString('base64') };
}

const programs = new Map<string, Buffer>();

/** Whose programs may run, by libseccomp's name of the architecture: its own, and 32-bit ones where we have their numbers. */
const ABIS: Readonly<Record<string, readonly SyscallAbi[]>> = {
  SCMP_ARCH_X86_64: ['x86_64', 'i386'],
  SCMP_ARCH_AARCH64: ['arm64'],
};

/** libseccomp's name of the architecture that Node runs on; undefined where we have no list for it. */
export function seccompArchitecture(nodeArch: string): string | undefined {
  return { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' }[nodeArch];
}

/** Bits that an argument must have. */
export interface MaskedValue {
  readonly mask: number;
  readonly value: number;
}

/**
 * Every 32-bit number but these, as masked comparisons, of which one holds. Rules that deny single values beside one that
 * allows the rest would be shorter, but libseccomp promises no order between them.
 */
export function allBut(
  denied: readonly number[],
  bit = 31,
  prefix: MaskedValue = { mask: 0, value: 0 },
): MaskedValue[] {
  if (denied.length === 0) return [prefix];
  if (bit < 0) return [];
  const weight = 2 ** bit;
  return [0, weight].flatMap((part) =>
    allBut(
      denied.filter((value) => Math.floor(value / weight) % 2 === part / weight),
      bit - 1,
      { mask: prefix.mask + weight, value: prefix.value + part },
    ),
  );
}

function allow(names: readonly string[], compare?: MaskedValue & { readonly index: number }): SeccompRule {
  const rule = { names, action: 'SCMP_ACT_ALLOW' } as const;
  if (compare === undefined) return rule;
  return { ...rule, args: [{ index: compare.index, value: compare.mask, valueTwo: compare.value, op: MASKED_EQUAL }] };
}

function comparisons(condition: Condition): readonly MaskedValue[] {
  if ('withoutBits' in condition) return [{ mask: condition.withoutBits, value: 0 }];
  if ('oneOf' in condition) return condition.oneOf.map((value) => ({ mask: LOW_32_BITS, value }));
  return allBut(condition.noneOf);
}

/** Nothing runs without a filter: on an architecture that we have no list for, nothing runs. */
export function filterArchitecture(): string {
  const architecture = seccompArchitecture(process.arch);
  if (architecture !== undefined) return architecture;
  throw hostUnfit(
    `there is no system call filter for ${process.arch} processors`,
    'use a machine with an x86-64 or 64-bit Arm processor',
  );
}
