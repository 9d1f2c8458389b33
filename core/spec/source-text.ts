import { redactCredentials } from './redact.js';

/** A place in the file, with its line as it may be shown. Lines and columns count from 1, columns in characters. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  /** The line, or the part around the place, credentials of URLs masked. */
  readonly source: string;
  /** Where `column` is in `source`, when masking or cutting moved it. */
  readonly sourceColumn?: number;
}

/** Of a longer line, as much is shown on either side of a place. */
const MAX_SOURCE = 500;

/** The text of a spec and its lines. */
export class SourceText {
  readonly #starts: number[] = [0];

  constructor(readonly text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  place(offset: number): SourcePlace {
    const index = this.#lineIndex(Math.min(Math.max(offset, 0), this.text.length));
    const start = this.#starts[index] ?? 0;
    const end = (this.#starts[index + 1] ?? this.text.length + 1) - 1;
    const before = this.text.slice(start, offset);
    const column = countCharacters(before) + 1;
    const masked = redactCredentials(before);
    // What stands before the place is kept within bounds too: a file may be one line.
    const head = masked.length > MAX_SOURCE ? masked.slice(-MAX_SOURCE) : masked;
    const whole = redactCredentials(this.text.slice(start, end).replace(/\r$/, ''));
    const source = head + whole.slice(masked.length, masked.length + MAX_SOURCE);
    const sourceColumn = countCharacters(head) + 1;
    return { line: index + 1, column, source, ...(sourceColumn === column ? {} : { sourceColumn }) };
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

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
