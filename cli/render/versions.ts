import type { LanguageVersions } from '../../core/toolchains/version-lister.js';
import { renderTable } from './table.js';
import { visibleLine } from './visible.js';

export function renderVersions(found: readonly LanguageVersions[]): string {
  const rows = found.flatMap(({ language, source, versions }) =>
    versions.map(({ version, exact, from }) => [language, version, exact, source, from]),
  );
  const table = renderTable({ head: ['LANGUAGE', 'VERSION', 'EXACT', 'SOURCE', 'FROM'], rows });
  const silent = new Map(
    found.flatMap(({ source, unreachable }) => (unreachable === undefined ? [] : [[source, unreachable] as const])),
  );
  const notes = [...silent].map(([source, reason]) => visibleLine(`not asked: ${source}: ${reason}`));
  return [table, ...(notes.length > 0 ? ['\n', notes.map((note) => `${note}\n`).join('')] : [])].join('');
}
