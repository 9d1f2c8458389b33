import type { BuildResult, PhaseTiming } from '../../core/engine/builder.js';
import { formatDuration, formatSize } from './quantities.js';
import { renderTable } from './table.js';
import { visible } from './visible.js';

/** What a build made, and how to use it. */
export function renderBuildResult(result: BuildResult, root?: string): string {
  const { name, version, path, manifest } = result.runtime;
  const heading = result.built
    ? `Built ${name} ${version}`
    : `${name} ${version} is already built from this specification; --force builds it again`;
  return [
    heading,
    `  Runtime:  ${name}`,
    `  Version:  ${version}`,
    `  Path:     ${visible(path)}`,
    `  Size:     ${formatSize(manifest.size_bytes)}`,
    `  Duration: ${formatDuration(result.durationMs)}`,
    '',
    'Run it:',
    `  ${runLine(name, root)}`,
    '',
  ].join('\n');
}

export function buildResultDocument(result: BuildResult, root?: string): Record<string, unknown> {
  const { name, version, path, manifest } = result.runtime;
  return {
    success: true,
    built: result.built,
    name,
    version,
    install_path: path,
    size_bytes: manifest.size_bytes,
    size: formatSize(manifest.size_bytes),
    digest: manifest.digest,
    packages: manifest.packages,
    duration_ms: Math.round(result.durationMs),
    message: result.built ? 'built' : 'already built from this specification',
    timings: result.timings.map(({ number, id, title, durationMs }) => ({
      number,
      id,
      title,
      duration_ms: Math.round(durationMs),
    })),
    warnings: result.warnings,
    usage: runLine(name, root),
  };
}

/** Where the time went, phase by phase. */
export function renderTimings(timings: readonly PhaseTiming[], totalMs: number): string {
  const share = (ms: number) => (totalMs > 0 ? `${Math.round((100 * ms) / totalMs)}%` : '-');
  const rows = timings.map(({ number, title, durationMs }) => [
    String(number),
    title,
    formatDuration(durationMs),
    share(durationMs),
  ]);
  const rest = totalMs - timings.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (timings.length > 0 && rest >= 1) rows.push(['', 'between and after', formatDuration(rest), share(rest)]);
  rows.push(['', 'total', formatDuration(totalMs), share(totalMs)]);
  return renderTable({ head: ['PHASE', 'NAME', 'TIME', 'SHARE'], rows, alignRight: [0, 2, 3] });
}

/** With the store, where it is not the one that the same shell would find anyway. */
export function runLine(reference: string, root?: string): string {
  const store = root === undefined ? '' : ` --root=${quote(root)}`;
  return `rnx job run --runtime=${reference}${store} COMMAND`;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${visible(text).replaceAll("'", "'\\''")}'`;
}
