import { usageError } from '../core/errors/errors.js';
import type { JobRequest } from '../core/jobs/job-spec.js';
import { parseDuration } from '../core/spec/duration.js';
import { parseEnvironment, parseSecrets } from './job-environment.js';

/** Flags of `rnx job run` that say what to run. */
export interface JobRequestFlags {
  readonly runtime?: string | undefined;
  readonly name?: string | undefined;
  readonly env?: readonly string[] | undefined;
  readonly 'secret-env'?: readonly string[] | undefined;
  readonly workdir?: string | undefined;
  readonly user?: string | undefined;
  readonly network?: string | undefined;
  readonly gpu?: string | undefined;
  readonly 'gpu-memory'?: string | undefined;
  readonly 'max-cpu'?: string | undefined;
  readonly 'max-memory'?: string | undefined;
  readonly 'max-iobps'?: string | undefined;
  readonly 'cpu-cores'?: string | undefined;
  readonly 'max-pids'?: string | undefined;
  readonly 'max-disk'?: string | undefined;
  readonly 'max-inodes'?: string | undefined;
  readonly 'max-output'?: string | undefined;
  readonly timeout?: string | undefined;
}

/** Throws E_USAGE. Amounts with units are the engine's to judge: a program gives them in the same words. */
export function jobRequest(
  flags: JobRequestFlags,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): JobRequest {
  const given = {
    runtime: flags.runtime,
    name: flags.name,
    workdir: flags.workdir,
    user: flags.user,
    network: networkOf(flags.network),
    gpu: numberOf('--gpu', flags.gpu, '0 is a job without'),
    gpuMemory: flags['gpu-memory'],
    maxCpu: numberOf('--max-cpu', flags['max-cpu']),
    maxMemory: flags['max-memory'],
    maxIobps: flags['max-iobps'],
    cpuCores: flags['cpu-cores'],
    maxPids: numberOf('--max-pids', flags['max-pids']),
    maxDisk: flags['max-disk'],
    maxInodes: numberOf('--max-inodes', flags['max-inodes']),
    maxOutput: flags['max-output'],
    timeoutMs: timeoutOf(flags.timeout),
  };
  return {
    args,
    env: parseEnvironment(flags.env ?? []),
    secretEnv: parseSecrets(flags['secret-env'] ?? [], env),
    ...withoutUndefined(given),
  };
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(values: T): Defined<T>;
function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function networkOf(text: string | undefined): JobRequest['network'] {
  if (text === undefined || text === '') return undefined;
  if (text === 'none' || text === 'host' || text === 'isolated') return text;
  throw usageError(`--network ${text}: there is no such network`, 'write none, isolated or host');
}

function numberOf(flag: string, text: string | undefined, zero = '0 is the configured default'): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}%?$/.test(text) && (flag === '--max-cpu' || !text.endsWith('%'))) return Number.parseInt(text, 10);
  throw usageError(`${flag} ${text}: not a whole number`, `write digits; ${zero}`);
}

/** 0 is the configured default. */
function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '0') return undefined;
  const ms = parseDuration(text);
  if (ms === undefined || ms < 0) throw usageError(`--timeout ${text}: no duration`, 'write 90s, 5m or 1h30m');
  return ms;
}
