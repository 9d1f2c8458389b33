import {
  ALLOWED_SYSCALLS,
  ALLOWED_WITH_CHROOT,
  DENIED_SYSCALLS,
  NAMESPACE_FLAGS,
  PERSONALITIES,
  SOCKET_FAMILIES,
  TERMINAL_INJECTION_REQUESTS,
} from './syscalls.js';

/** What the low 32 bits of an argument must be; the kernel reads no more of an int, and the rest is the caller's to choose. */
export type Condition =
  | { readonly oneOf: readonly number[] }
  | { readonly noneOf: readonly number[] }
  | { readonly withoutBits: number };

export interface ConditionalCall {
  readonly name: string;
  readonly argument: number;
  readonly condition: Condition;
}

/**
 * An allow list. What is not on it answers ENOSYS, as on a kernel that lacks the call, so that libc and language
 * runtimes fall back; what exists everywhere but is not for a job answers EPERM. Nothing is killed: libraries probe.
 */
export interface FilterPolicy {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
  /** ENOSYS where the condition does not hold. */
  readonly conditional: readonly ConditionalCall[];
}

/** clone3 is on no list: it passes its flags in memory, where a filter cannot see them; libc then uses clone. */
const CONDITIONAL: readonly ConditionalCall[] = [
  { name: 'clone', argument: 0, condition: { withoutBits: NAMESPACE_FLAGS } },
  { name: 'personality', argument: 0, condition: { oneOf: PERSONALITIES } },
  { name: 'socket', argument: 0, condition: { oneOf: SOCKET_FAMILIES } },
  { name: 'ioctl', argument: 1, condition: { noneOf: TERMINAL_INJECTION_REQUESTS } },
];

export function filterPolicy(options: { readonly chroot: boolean }): FilterPolicy {
  return options.chroot
    ? {
        allowed: [...ALLOWED_SYSCALLS, ...ALLOWED_WITH_CHROOT],
        denied: DENIED_SYSCALLS,
        conditional: CONDITIONAL,
      }
    : {
        allowed: ALLOWED_SYSCALLS,
        denied: [...DENIED_SYSCALLS, ...ALLOWED_WITH_CHROOT],
        conditional: CONDITIONAL,
      };
}
