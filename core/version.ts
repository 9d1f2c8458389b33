import { readFileSync } from 'node:fs';

/** Of this package; beside the sources and beside what they compile to, package.json is at another depth. */
export const JOBLET_VERSION: string = readVersion(['../package.json', '../../package.json']);

function readVersion(candidates: readonly string[]): string {
  for (const candidate of candidates) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(candidate, import.meta.url), 'utf8'));
      if (typeof found === 'object' && found !== null && 'version' in found) return String(found.version);
    } catch {
      // Not at this depth.
    }
  }
  return '0.0.0';
}
