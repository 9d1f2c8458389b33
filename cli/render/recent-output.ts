import type { BuildEvent } from '../../core/events/build-event.js';
import { visibleLine } from './visible.js';

const KEPT = 20;

/** The last lines that the current phase's commands wrote: what a failure without `--verbose` should show. */
export class RecentOutput {
  #lines: string[] = [];
  #title = '';

  onEvent(event: BuildEvent): void {
    if (event.type === 'phase-started') {
      this.#lines = [];
      this.#title = event.phase.title;
    } else if (event.type === 'log') {
      this.#lines = [...this.#lines.slice(1 - KEPT), visibleLine(event.line)];
    }
  }

  /** Empty when there was no output. */
  render(): string {
    if (this.#lines.length === 0) return '';
    const lines = this.#lines.map((line) => `  ${line}\n`).join('');
    return `\nThe last output of ${this.#title} (all of it: --verbose):\n${lines}\n`;
  }
}
