import type { ExitStatusName } from './exit-status.js';
import { exitStatus } from './exit-status.js';

const MARKER = Symbol.for('joblet.error');

export interface JobletErrorOptions {
  /** Stable, `E_…`; listed in docs/errors.md. */
  readonly code: string;
  /** One line that names the thing and where. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  readonly exit: ExitStatusName;
  readonly cause?: unknown;
  /** Data for programs (`--json`). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A line of the spec that an error is about. */
export interface ErrorPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line itself. */
  readonly source: string;
}

/** The one error class: what is wrong, where, and what to do. */
export class JobletError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
  readonly details: Readonly<Record<string, unknown>>;
  /** Set once by the pipeline: the id of the phase in which it happened. */
  phase: string | undefined;
  /** Set once by the pipeline, where `details` says what of the spec is wrong (`path`, or `problems` with one each). */
  places: readonly ErrorPlace[] | undefined;
  readonly [MARKER] = true;

  constructor(options: JobletErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'JobletError';
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = exitStatus[options.exit];
    this.details = options.details ?? {};
  }

  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.phase === undefined ? {} : { phase: this.phase }),
      ...(this.places === undefined ? {} : { places: this.places }),
      exitCode: this.exitCode,
      ...this.details,
    };
  }
}

/** By marker, not by class: two copies of core may meet in one process. */
export function isJobletError(value: unknown): value is JobletError {
  return typeof value === 'object' && value !== null && MARKER in value;
}

/** The first JobletError in a chain of causes. */
export function findJobletError(value: unknown): JobletError | undefined {
  for (let at: unknown = value; at instanceof Error || isJobletError(at); at = at.cause) {
    if (isJobletError(at)) return at;
  }
  return undefined;
}
