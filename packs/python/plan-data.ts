import type { Json } from '../../core/contracts/language-pack.js';
import type { PipItem, PipReport } from './pip-report.js';

/** A resolved plan as data that survives JSON. */
export function planData(report: PipReport): Json {
  return { python: report.python, items: report.items.map((item) => ({ ...item })) };
}

/** What `planData` wrote. */
export function readPlanData(data: Json): PipReport {
  const { python, items } = JSON.parse(JSON.stringify(data)) as { python: string; items: PipItem[] };
  return { python, items };
}
