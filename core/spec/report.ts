import { printable } from './printable.js';
import type { SpecReportEntry } from './runtime-spec.js';

/** A report says no more than these. */
export const MAX_ENTRIES = 100;
const MAX_WIDTH = 100;
/** How much of a long line stands before the caret. */
const LEAD = 40;

/**
 * The problems of a spec as text, in the order given:
 *
 *     runtime.yaml:3:1: error: enviroment: unknown key
 *       3 | enviroment:
 *         | ^
 *       did you mean environment?
 */
export function renderReport(entries: readonly SpecReportEntry[], fileName: string): string {
  const shown = entries.slice(0, MAX_ENTRIES).map((entry) => renderEntry(entry, fileName));
  if (entries.length > MAX_ENTRIES) shown.push(`… and more; these are the first ${MAX_ENTRIES}`);
  return shown.join('\n\n');
}

function renderEntry(entry: SpecReportEntry, fileName: string): string {
  const subject = entry.path === '' ? '' : `${printable(entry.path)}: `;
  const [where, ...excerpt] = renderPlace(entry, fileName);
  const lines = [`${where}: ${entry.severity}: ${subject}${entry.message}`, ...excerpt];
  if (entry.hint !== undefined) lines.push(`  ${entry.hint}`);
  return lines.join('\n');
}

type Place = Pick<SpecReportEntry, 'line' | 'column' | 'source' | 'sourceColumn'>;

/** `runtime.yaml:3:1`, then the line with a caret. */
export function renderPlace(place: Place, fileName: string): readonly string[] {
  const gutter = ' '.repeat(String(place.line).length);
  const { text, caret } = clip(place.source, place.sourceColumn ?? place.column);
  return [
    `${printable(fileName)}:${place.line}:${place.column}`,
    `  ${place.line} | ${text}`.trimEnd(),
    `  ${gutter} | ${' '.repeat(caret)}^`,
  ];
}

/** The part of a line around a column, and how far into it the caret stands. */
function clip(source: string, column: number): { text: string; caret: number } {
  const characters = [...source];
  const from = characters.length > MAX_WIDTH && column > MAX_WIDTH - LEAD ? column - 1 - LEAD : 0;
  const to = from + MAX_WIDTH;
  const before = printable(characters.slice(from, column - 1).join(''));
  const after = printable(characters.slice(column - 1, to).join(''));
  const head = from > 0 ? '…' : '';
  const tail = characters.length > to ? '…' : '';
  return { text: `${head}${before}${after}${tail}`, caret: head.length + before.length };
}
