import { readFileSync } from 'node:fs';
import { fromBytes } from '../core/process/raw-bytes.js';

/** What Node makes of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/** The last arguments of this process as the kernel has them, where Node lost bytes of them; see core/process/raw-bytes.ts. */
export function exactArguments(
  argv: readonly string[],
  readCommandLine = () => readFileSync('/proc/self/cmdline'),
): readonly string[] {
  if (!argv.some((argument) => argument.includes(REPLACEMENT))) return argv;
  const exact = splitAtNul(readCommandLine()).slice(-argv.length);
  return argv.map((argument, index) => {
    const bytes = exact[index];
    return bytes?.toString('utf8') === argument ? fromBytes(bytes) : argument;
  });
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    parts.push(bytes.subarray(at, end === -1 ? bytes.length : end));
    at = (end === -1 ? bytes.length : end) + 1;
  }
  return parts;
}
