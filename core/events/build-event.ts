/** What a build says while it runs. CLI and programs consume the same events. Times are milliseconds since the epoch. */
export type BuildEvent =
  | { readonly type: 'phase-started'; readonly at: number; readonly phase: PhaseRef }
  /** A short line: what is being done now. */
  | { readonly type: 'progress'; readonly at: number; readonly phase: PhaseRef; readonly message: string }
  /** One line of output of a command, secrets already masked. */
  | { readonly type: 'log'; readonly at: number; readonly phase: PhaseRef; readonly line: string }
  | { readonly type: 'warning'; readonly at: number; readonly phase: PhaseRef; readonly message: string }
  | {
      readonly type: 'phase-ended';
      readonly at: number;
      readonly phase: PhaseRef;
      readonly outcome: 'done' | 'failed' | 'cancelled';
      readonly durationMs: number;
    };

export interface PhaseRef {
  readonly number: number;
  readonly id: string;
  readonly title: string;
}

export type BuildListener = (event: BuildEvent) => void;
