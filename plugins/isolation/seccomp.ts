import {
  ALLOWED_SYSCALLS,
  ALLOWED_WITH_CHROOT,
  DENIED_SYSCALLS,
  ENOSYS,
  EPERM,
  NAMESPACE_FLAGS,
  PERSONALITIES,
  SOCKET_FAMILIES,
  TERMINAL_INJECTION_REQUESTS,
} from './syscalls.js';

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
 * An allow list. What is not on it answers ENOSYS, as on a kernel that lacks the call, so that libc and language
 * runtimes fall back; what exists everywhere but is not for a job answers EPERM. Nothing is killed: libraries probe.
 * One architecture only: calls of other ABIs (32 bit, x32) do not pass.
 */
export function seccompFilter(options: { readonly chroot: boolean; readonly architecture: string }): SeccompFilter {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    architectures: [options.architecture],
    syscalls: [
      allow([...ALLOWED_SYSCALLS, ...(options.chroot ? ALLOWED_WITH_CHROOT : [])]),
      deny(options.chroot ? DENIED_SYSCALLS : [...DENIED_SYSCALLS, ...ALLOWED_WITH_CHROOT]),
      // clone3 passes its flags in memory, where a filter cannot see them; libc then uses clone.
      deny(['clone3'], ENOSYS),
      allow(['clone'], { index: 0, mask: NAMESPACE_FLAGS, value: 0 }),
      ...PERSONALITIES.map((value) => allow(['personality'], { index: 0, mask: LOW_32_BITS, value })),
      ...SOCKET_FAMILIES.map((value) => allow(['socket'], { index: 0, mask: LOW_32_BITS, value })),
      ...allBut(TERMINAL_INJECTION_REQUESTS).map((bits) => allow(['ioctl'], { index: 1, ...bits })),
    ],
  };
}

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

function deny(names: readonly string[], errnoRet = EPERM): SeccompRule {
  return { names, action: 'SCMP_ACT_ERRNO', errnoRet };
}
