import type { HostReport } from '../../core/doctor/examine-host.js';
import { visibleLine } from './visible.js';

/** A line for each finding, and below it what to do; then a verdict. */
export function renderHostReport({ fit, findings }: HostReport): string {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length));
  const lines = findings.flatMap(({ status, subject, found, advice }) => [
    `${status.padEnd(8)} ${subject.padEnd(width)}  ${visibleLine(found)}`,
    ...(advice === undefined ? [] : [`${' '.repeat(width + 11)}-> ${visibleLine(advice)}`]),
  ]);
  return [...lines, '', verdict(fit, findings), ''].join('\n');
}

function verdict(fit: boolean, findings: HostReport['findings']): string {
  const named = (status: string): string =>
    findings
      .filter((finding) => finding.status === status)
      .map(({ subject }) => subject)
      .join(', ');
  if (!fit) return `Jobs cannot run on this host. Missing: ${named('missing')}.`;
  const limited = named('limited');
  return limited === '' ? 'This host has all that jobs need.' : `Jobs can run on this host. Limited: ${limited}.`;
}
