import { fileURLToPath } from 'node:url';
import type { Bind } from '../../core/contracts/isolator.js';

/** A python program that stands beside this code, made visible in a root. */
export function script(name: `${string}.py`): Bind {
  return { hostPath: fileURLToPath(new URL(`./${name}`, import.meta.url)), rootPath: `/tmp/joblet-${name}` };
}
