import stringWidth from 'string-width';
import { visibleLine } from './visible.js';

/** Between columns. */
const GAP = 2;
const ASCII = /^[\x20-\x7e]*$/;

export interface TableOptions {
  readonly head?: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that hold numbers, from 0. */
  readonly alignRight?: readonly number[];
  readonly indent?: number;
}

/**
 * Columns without lines, so that what reads the output can split it at blanks. Ends with a line break; empty without rows. No
 * library for tables: they take longer for a hundred jobs than all else that lists them.
 */
export function renderTable({ head = [], rows, alignRight = [], indent = 0 }: TableOptions): string {
  const lines = [...(head.length === 0 ? [] : [head]), ...rows.map((row) => row.map(visibleLine))];
  const widths: number[] = [];
  for (const [column, cell] of lines.flatMap((line) => [...line.entries()])) {
    widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const pad = (cell: string, column: number): string => {
    const blanks = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
    return `${alignRight.includes(column) ? blanks + cell : cell + blanks}${' '.repeat(GAP)}`;
  };
  return lines.map((line) => `${' '.repeat(indent)}${line.map(pad).join('').trimEnd()}\n`).join('');
}

/** On a terminal. */
function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}
