import { readFileSync } from 'node:fs';
import type { ResourceLimits } from '../../../core/contracts/resource-limits.js';
import { limitUnenforceable } from '../../../core/errors/errors.js';
import type { JobletError } from '../../../core/errors/joblet-error.js';
import { formatCpuList, parseCpuList } from './cpu-list.js';
import { errnoOf, writeGroupFile } from './group-files.js';

/** What both versions have in common: which controller holds which limit, and how a refusal reads. */

export type LimitName = keyof ResourceLimits;

/** One file of a group and what to write there. */
export interface Setting {
  readonly limit: LimitName;
  readonly file: string;
  readonly value: string;
  /** What to do on a kernel without this file; OPTIONAL where the limit holds without. */
  readonly remedy: string;
}

export const OPTIONAL = '';
export const REBUILD = 'use a kernel that has it';
export const REMOUNT =
  'mount it writable; in a container, start it with its control groups writable (--privileged does it)';
export const SWAP_REMEDY = 'start Linux with swapaccount=1, or switch swap off (swapoff -a)';

const TITLES: Readonly<Record<LimitName, string>> = {
  cpuPercent: 'a CPU limit',
  memoryBytes: 'a memory limit',
  ioBytesPerSecond: 'an IO limit',
  cpuCores: 'pinning to cores',
  pids: 'a limit on processes',
};

const LIMIT_NAMES = ['cpuPercent', 'memoryBytes', 'ioBytesPerSecond', 'cpuCores', 'pids'] as const;

/** Microseconds. The longer period is for shares of which the kernel's smallest quota, 1 ms, would be more in the usual one. */
const PERIODS = [100_000, 1_000_000] as const;
const SMALLEST_QUOTA = 1000;

export function unenforceable(limit: LimitName, reason: string, hint: string, cause?: unknown): JobletError {
  return limitUnenforceable(TITLES[limit], reason, hint, cause);
}

export function limitsIn(limits: ResourceLimits): LimitName[] {
  return LIMIT_NAMES.filter((name) => limits[name] !== undefined);
}

export function cpuQuota(percent: number): { readonly quota: number; readonly period: number } {
  for (const period of PERIODS) {
    const quota = Math.round((percent / 100) * period);
    if (quota >= SMALLEST_QUOTA) return { quota, period };
  }
  throw unenforceable('cpuPercent', `${percent} % is less than the kernel's smallest share`, 'allow at least 0.1 %');
}

/** `allowed`: the kernel's list of the cores that groups may have here. */
export function checkCores(wanted: readonly number[], allowed: string): void {
  const cores = parseCpuList(allowed);
  const missing = wanted.filter((core) => !cores.has(core));
  if (wanted.length === 0) throw unenforceable('cpuCores', 'no core is named', `name some of ${allowed.trim()}`);
  if (missing.length > 0) {
    throw unenforceable(
      'cpuCores',
      `there is no core ${formatCpuList(missing)} for jobs here`,
      `choose from ${allowed.trim()}; a container or a group above may have been given fewer cores than the machine has`,
    );
  }
}

export function applySetting(directory: string, setting: Setting): void {
  try {
    writeGroupFile(directory, setting.file, setting.value);
  } catch (error) {
    const absent = errnoOf(error) === 'ENOENT';
    if (absent && setting.remedy === OPTIONAL) return;
    const reason = absent
      ? `the kernel offers no ${setting.file}`
      : `the kernel does not take ${setting.value} for ${setting.file} (${errnoOf(error)})`;
    throw unenforceable(
      setting.limit,
      reason,
      absent ? setting.remedy : 'ask for less; a group above may allow less',
      error,
    );
  }
}

export function hasSwap(): boolean {
  return readFileSync('/proc/swaps', 'utf8').trim().split('\n').length > 1;
}
