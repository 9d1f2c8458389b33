import Table from 'cli-table3';
import { visibleLine } from './visible.js';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

export interface TableOptions {
  readonly head?: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that hold numbers, from 0. */
  readonly alignRight?: readonly number[];
  readonly indent?: number;
}

/** Columns without lines, so that what reads the output can split it at blanks. Ends with a line break; empty without rows. */
export function renderTable({ head = [], rows, alignRight = [], indent = 0 }: TableOptions): string {
  const width = head.length || rows[0]?.length || 0;
  const table = new Table({
    head: [...head],
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
    colAligns: Array.from({ length: width }, (_, column) => (alignRight.includes(column) ? 'right' : 'left')),
  });
  for (const row of rows) table.push(row.map(visibleLine));
  if (rows.length === 0 && head.length === 0) return '';
  const lines = table.toString().split('\n');
  return lines.map((line) => `${' '.repeat(indent)}${line.trimEnd()}\n`).join('');
}
