import { readFileSync } from 'node:fs';

/** A random UUID (version 4), from the kernel: loading Node's own generator takes milliseconds of each start of a program. */
export function kernelUuid(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim();
}
