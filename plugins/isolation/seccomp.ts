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
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_GE' | 'SCMP_CMP_MASKED_EQ';
}

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
      allow(['clone'], [{ index: 0, value: NAMESPACE_FLAGS, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }]),
      ...PERSONALITIES.map((value) => allow(['personality'], [{ index: 0, value, op: 'SCMP_CMP_EQ' }])),
      ...SOCKET_FAMILIES.map((value) => allow(['socket'], [{ index: 0, value, op: 'SCMP_CMP_EQ' }])),
      // The kernel looks at the low 32 bits of the request only, so the comparison must too.
      ...TERMINAL_INJECTION_REQUESTS.map((value) =>
        deny(['ioctl'], EPERM, [{ index: 1, value: 0xffffffff, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' }]),
      ),
      // Always true, and on a later argument: evaluated after the two above. A rule without arguments would replace them.
      allow(['ioctl'], [{ index: 2, value: 0, op: 'SCMP_CMP_GE' }]),
    ],
  };
}

/** libseccomp's name of the architecture that Node runs on; undefined where we have no list for it. */
export function seccompArchitecture(nodeArch: string): string | undefined {
  return { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' }[nodeArch];
}

function allow(names: readonly string[], args?: readonly SeccompArgument[]): SeccompRule {
  return { names, action: 'SCMP_ACT_ALLOW', ...(args === undefined ? {} : { args }) };
}

function deny(names: readonly string[], errnoRet = EPERM, args?: readonly SeccompArgument[]): SeccompRule {
  return { names, action: 'SCMP_ACT_ERRNO', errnoRet, ...(args === undefined ? {} : { args }) };
}
