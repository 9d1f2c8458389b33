import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Config, LimitName, LimitSettings } from '../config/config.js';
import type { ResourceLimits } from '../contracts/resource-limits.js';
import { usageError } from '../errors/errors.js';
import { formatAmount, parseAmount, parseCores } from './amounts.js';
import type { JobLimits } from './job-spec.js';

/** What holds for one job: what it asked for, over the configuration's defaults. */
export interface EffectiveLimits extends LimitSettings {
  readonly cpuCores?: readonly number[];
}

/** Beyond it, timers fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** As Joblet's clients have it. */
const MAX_CPU = 10_000;
/** Less, and not even the OCI runtime starts. */
const MIN_MEMORY = 4 * 2 ** 20;

interface LimitKind {
  readonly flag: string;
  /** What a number without a unit counts. @default a plain number */
  readonly bare?: 'B' | 'M';
  readonly show: (amount: number) => string;
}

const plain = (amount: number): string => String(amount);

const KINDS: Readonly<Record<LimitName, LimitKind>> = {
  maxCpu: { flag: '--max-cpu', show: (amount) => `${amount}%` },
  maxMemory: { flag: '--max-memory', bare: 'M', show: formatAmount },
  maxIobps: { flag: '--max-iobps', bare: 'B', show: (amount) => `${formatAmount(amount)}/s` },
  maxPids: { flag: '--max-pids', show: plain },
  maxDisk: { flag: '--max-disk', bare: 'M', show: formatAmount },
  maxInodes: { flag: '--max-inodes', show: plain },
  maxOutput: { flag: '--max-output', bare: 'M', show: formatAmount },
  timeoutMs: { flag: '--timeout', show: (ms) => `${ms / 1000}s` },
};

/** Throws E_USAGE for what is no amount, over a ceiling, or less memory than the runtime needs. `floor`: bytes of it. */
export function effectiveLimits(asked: JobLimits, config: Config, floor: number | undefined): EffectiveLimits {
  const limits: { -readonly [name in LimitName]?: number } = {};
  for (const name of Object.keys(KINDS) as LimitName[]) {
    const amount = readAmount(KINDS[name], asked[name]);
    const found = amount ?? withinCeiling(config.defaults[name], config.ceilings[name]);
    if (found !== undefined) limits[name] = found;
    refuseOverCeiling(KINDS[name], amount, config.ceilings[name]);
  }
  checkRanges(limits);
  raiseMemory(limits, asked, config, floor);
  const cpuCores = asked.cpuCores === undefined || asked.cpuCores === '' ? undefined : readCores(asked.cpuCores);
  return { ...limits, ...(cpuCores === undefined ? {} : { cpuCores }) };
}

/** The part that the kernel's control groups hold. */
export function resourceLimits(limits: EffectiveLimits): ResourceLimits {
  const { maxCpu, maxMemory, maxIobps, cpuCores, maxPids } = limits;
  return {
    ...(maxCpu === undefined ? {} : { cpuPercent: maxCpu }),
    ...(maxMemory === undefined ? {} : { memoryBytes: maxMemory }),
    ...(maxIobps === undefined ? {} : { ioBytesPerSecond: maxIobps }),
    ...(cpuCores === undefined ? {} : { cpuCores }),
    ...(maxPids === undefined ? {} : { pids: maxPids }),
  };
}

/** Undefined for 0 and for what was not given. */
function readAmount(kind: LimitKind, given: number | string | undefined): number | undefined {
  if (given === undefined || given === 0 || given === '') return undefined;
  const { bare } = kind;
  const amount = bare === undefined ? Number(given) : parseAmount(String(given), bare);
  if (amount === undefined || !Number.isInteger(amount) || amount < 0) {
    throw usageError(
      `${kind.flag} ${JSON.stringify(given)}: not an amount`,
      bare === undefined ? 'write a whole number' : 'write a number, or one with K, M or G: 512M, 2G',
    );
  }
  return amount === 0 ? undefined : amount;
}

/** A default above a ceiling is held to it: whoever set the ceiling meant all jobs. */
function withinCeiling(amount: number | undefined, ceiling: number | undefined): number | undefined {
  if (amount === undefined || ceiling === undefined) return amount ?? ceiling;
  return Math.min(amount, ceiling);
}

function refuseOverCeiling(kind: LimitKind, amount: number | undefined, ceiling: number | undefined): void {
  if (amount === undefined || ceiling === undefined || amount <= ceiling) return;
  throw usageError(
    `${kind.flag} ${kind.show(amount)} is above this store's ceiling of ${kind.show(ceiling)}`,
    'ask for less, or have the ceiling raised in config/config.yml',
  );
}

function checkRanges({ maxCpu, timeoutMs, maxMemory }: LimitSettings): void {
  if (maxCpu !== undefined && maxCpu > MAX_CPU) {
    throw usageError(`--max-cpu ${maxCpu}: more than ${MAX_CPU}`, 'it is a percentage of one core: 200 is two cores');
  }
  if (timeoutMs !== undefined && timeoutMs > MAX_TIMEOUT_MS) {
    throw usageError(`--timeout ${timeoutMs / 1000}s: too long`, 'at most 596h');
  }
  if (maxMemory !== undefined && maxMemory < MIN_MEMORY) {
    throw usageError(`--max-memory ${formatAmount(maxMemory)}: no program starts in so little`, 'at least 4 MB');
  }
}

/** A runtime's own need: less is refused when it was asked for, and a default is raised to it. */
function raiseMemory(
  limits: { maxMemory?: number },
  asked: JobLimits,
  config: Config,
  floor: number | undefined,
): void {
  const { maxMemory } = limits;
  if (floor === undefined || maxMemory === undefined || maxMemory >= floor) return;
  if (readAmount(KINDS.maxMemory, asked.maxMemory) !== undefined) {
    throw usageError(
      `--max-memory ${formatAmount(maxMemory)} is less than the ${formatAmount(floor)} that the runtime needs`,
      'its runtime.yaml says so, under requirements.min_memory: ask for at least that',
    );
  }
  const ceiling = config.ceilings.maxMemory;
  if (ceiling !== undefined && ceiling < floor) {
    throw usageError(
      `the runtime needs ${formatAmount(floor)} of memory, and this store's ceiling is ${formatAmount(ceiling)}`,
      'have the ceiling raised in config/config.yml',
    );
  }
  limits.maxMemory = floor;
}

function readCores(text: string): readonly number[] {
  const cores = parseCores(text);
  if (cores === undefined) {
    throw usageError(`--cpu-cores ${JSON.stringify(text)}: not a list of cores`, 'write it as 0-3 or 1,3,5');
  }
  const missing = cores.find((core) => !existsSync(`/sys/devices/system/cpu/cpu${core}`));
  if (missing === undefined) return cores;
  throw usageError(
    `--cpu-cores ${text}: this machine has no core ${missing}`,
    `they are counted from 0; programs here may use ${availableParallelism()}`,
  );
}
