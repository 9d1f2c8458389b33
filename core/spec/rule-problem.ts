import type { SpecPath } from './spec-position.js';

/** A broken rule of the format: what, and where in the document. */
export interface RuleProblem {
  readonly path: SpecPath;
  /** Whether the key at `path` is meant, or its value. */
  readonly of: 'key' | 'value';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}
