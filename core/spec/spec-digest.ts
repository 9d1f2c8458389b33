import { createHash } from 'node:crypto';
import type { RuntimeSpec } from './runtime-spec.js';

/** `sha256:…` of what a spec means: comments, layout, quoting and the order of keys do not change it. */
export function specDigest(spec: RuntimeSpec): string {
  return `sha256:${createHash('sha256').update(canonicalJson(spec)).digest('hex')}`;
}

/** JSON with sorted keys and no white space. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
