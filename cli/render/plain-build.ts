import type { BuildEvent, PhaseRef } from '../../core/events/build-event.js';
import type { BuildView } from './build-view.js';
import { BUILD_PHASES } from './build-view.js';
import { formatDuration } from './quantities.js';
import { visibleLine } from './visible.js';

/** Between two lines that differ in their numbers only: a log file needs no ticking counter. */
const COUNTER_INTERVAL_MS = 5000;

export interface PlainBuildOptions {
  readonly write: (text: string) => void;
  /** Also every line of output of every command. */
  readonly verbose: boolean;
}

/** `[7/14] Install Base: …`, a line for each start, step and end; for logs, pipes and CI. */
export class PlainBuild implements BuildView {
  #lastProgress = { text: '', at: 0 };

  constructor(private readonly options: PlainBuildOptions) {}

  onEvent(event: BuildEvent): void {
    switch (event.type) {
      case 'phase-started':
        this.#lastProgress = { text: '', at: 0 };
        this.#line(event.phase, 'started');
        break;
      case 'progress':
        this.#progress(event.phase, visibleLine(event.message), event.at);
        break;
      case 'log':
        if (this.options.verbose) this.options.write(`${visibleLine(event.line)}\n`);
        break;
      case 'warning':
        this.#line(event.phase, `warning: ${visibleLine(event.message)}`);
        break;
      case 'phase-ended':
        this.#line(event.phase, endText(event.outcome, event.durationMs));
        break;
    }
  }

  async end(): Promise<void> {}

  #progress(phase: PhaseRef, message: string, at: number): void {
    const text = `${phase.id} ${message.replace(/[\d.]+/g, '#')}`;
    if (text === this.#lastProgress.text && at - this.#lastProgress.at < COUNTER_INTERVAL_MS) return;
    this.#lastProgress = { text, at };
    this.#line(phase, message);
  }

  #line(phase: PhaseRef, text: string): void {
    this.options.write(`[${phase.number}/${BUILD_PHASES.length}] ${visibleLine(phase.title)}: ${text}\n`);
  }
}

function endText(outcome: 'done' | 'failed' | 'cancelled', durationMs: number): string {
  const time = formatDuration(durationMs);
  return outcome === 'done' ? `done in ${time}` : `${outcome} after ${time}`;
}
