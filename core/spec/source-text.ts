import { redactCredentials } from './redact.js';

/** A place in the file, with its line as it may be shown. Lines and columns count from 1, columns in characters. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  /** The line, credentials of URLs masked. */
  readonly source: string;
  /** Where `column` is in `source`, when masking moved it. */
  readonly sourceColumn?: number;
}

/** The text of a spec and its lines. */
export class SourceText {
  readonly #starts: number[] = [0];

  constructor(readonly text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  place(offset: number): SourcePlace {
    const index = this.#lineIndex(Math.min(Math.max(offset, 0), this.text.length));
    const start = this.#starts[index] ?? 0;
    const end = this.#starts[index + 1] ?? this.text.length + 1;
    const column = [...this.text.slice(start, offset)].length + 1;
    const sourceColumn = [...redactCredentials(this.text.slice(start, offset))].length + 1;
    return {
      line: index + 1,
      column,
      source: redactCredentials(this.text.slice(start, end - 1).replace(/\r$/, '')),
      ...(sourceColumn === column ? {} : { sourceColumn }),
    };
  }

  #lineIndex(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
