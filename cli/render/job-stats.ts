import type { ExitReason, ProcessExit } from '../../core/contracts/isolator.js';
import { formatAmount } from '../../core/jobs/amounts.js';
import type { EffectiveLimits } from '../../core/jobs/job-limits.js';
import { formatDuration, formatSize } from './quantities.js';
import { renderTable } from './table.js';

/** One line for a job that did not end by itself; empty for one that did. */
export function renderReason(exit: ProcessExit, limits: EffectiveLimits): string {
  const amount = (value: number | undefined, show: (value: number) => string): string =>
    value === undefined ? '' : ` of ${show(value)}`;
  const texts: Readonly<Partial<Record<ExitReason, string>>> = {
    'timed-out': `the job ran past its timeout${amount(limits.timeoutMs, formatTime)}`,
    'out-of-memory': `the job ran out of its memory${amount(limits.maxMemory, formatAmount)}`,
    'disk-full': `the job filled its disk${amount(limits.maxDisk, formatAmount)}`,
    'output-limit': `the job wrote more than its output limit${amount(limits.maxOutput, formatAmount)}`,
  };
  const text = texts[exit.reason];
  return text === undefined ? '' : `Error: ${text}\n`;
}

export function renderStats(id: string, exit: ProcessExit): string {
  const { usage } = exit;
  const io =
    usage.ioReadBytes === undefined && usage.ioWriteBytes === undefined
      ? ''
      : `${formatSize(usage.ioReadBytes ?? 0)} read, ${formatSize(usage.ioWriteBytes ?? 0)} written`;
  const rows: (readonly [string, string])[] = [
    ['Job:', id],
    ['Ended:', `${exit.reason} (status ${exit.status})`],
    ['Wall time:', formatDuration(exit.durationMs)],
    ['CPU time:', usage.cpuMs === undefined ? '' : formatDuration(usage.cpuMs)],
    ['Peak memory:', usage.peakMemoryBytes === undefined ? '' : formatSize(usage.peakMemoryBytes)],
    ['IO:', io],
  ];
  return renderTable({ rows: rows.filter(([, value]) => value !== '') });
}

/** `2s`, `1h30m`: as it would be written on a command line. */
function formatTime(ms: number): string {
  const parts = [
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ] as const;
  let rest = ms;
  let text = '';
  for (const [unit, name] of parts) {
    const count = Math.floor(rest / unit);
    if (count > 0) text += `${count}${name}`;
    rest -= count * unit;
  }
  return text;
}
