import { parse } from 'yaml';
import type { JobManifest, RuntimeManifest } from './runtime-manifest.js';

/** Undefined for a file that is none: one that a full disk or an editor has cut must not take the other runtimes out of a list. */
export function parseManifest(text: string): RuntimeManifest | undefined {
  try {
    const manifest: RuntimeManifest | null = parse(text);
    return manifest?.build_info === undefined ? undefined : manifest;
  } catch {
    return undefined;
  }
}

const JOB_KEYS: readonly (keyof JobManifest)[] = ['environment', 'requirements'];

/** The same, but parses only what a job needs: the lists of packages would take longer than anything else at its start. */
export function parseJobManifest(text: string): JobManifest | undefined {
  // In a mapping in block style, only a top-level key begins a line with a letter.
  const blocks = text.split(/^(?=[a-z])/m);
  const wanted = blocks.filter((block) => JOB_KEYS.some((key) => block.startsWith(`${key}:`)));
  if (wanted.length !== JOB_KEYS.length || !blocks.some((block) => block.startsWith('build_info:'))) {
    return parseManifest(text);
  }
  try {
    return parse(wanted.join(''));
  } catch {
    return parseManifest(text);
  }
}
