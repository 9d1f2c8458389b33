import type { Config } from '../config/config.js';
import type { GpuRequest } from '../contracts/gpus.js';
import type { IsolatedProcess, NetworkMode } from '../contracts/isolator.js';
import { usageError } from '../errors/errors.js';
import { redactCredentials } from '../spec/redact.js';
import { parseSize } from '../spec/size.js';
import { gpusOf } from './job-gpus.js';
import type { EffectiveLimits } from './job-limits.js';
import { effectiveLimits, resourceLimits } from './job-limits.js';
import type { JobRecord } from './job-record.js';
import { DEFAULT_WORKDIR, type JobRoot, jobProcess } from './job-runner.js';
import type { JobRequest } from './job-spec.js';
import { findJobUser } from './job-user.js';
import { isSecretName, MASK } from './secret-names.js';
import { sizingEnvironment } from './sizing-environment.js';

/** The process that a job will be, but for its streams. */
export type PlannedProcess = Omit<IsolatedProcess, 'stdin' | 'stdout' | 'stderr' | 'signal' | 'observe'>;

export interface JobPlan {
  readonly process: PlannedProcess;
  readonly limits: EffectiveLimits;
  readonly network: NetworkMode;
  readonly gpus?: GpuRequest;
}

/** A file system has no room for more files than blocks. */
const BLOCK_BYTES = 4096;
/** Where the configuration names no number of files. */
const DEFAULT_INODES = 65_536;

/** What a request means under this configuration, in this root. Pure but for a look at the root's users. Throws E_USAGE. */
export function planJob(request: JobRequest, root: JobRoot, config: Config): JobPlan {
  const { min_memory: floor, gpu: needsGpu = false } = root.manifest.requirements ?? {};
  const limits = effectiveLimits(request, config, floor === undefined ? undefined : parseSize(floor));
  const network = request.network ?? config.run.network;
  if (network === 'host' && !config.network.allowHost) {
    throw usageError(
      '--network host: this store gives no job the network of the host',
      'use isolated, or set network.allow_host: true in config/config.yml',
    );
  }
  const gpus = gpusOf(request, needsGpu);
  const { maxDisk, maxOutput, timeoutMs } = limits;
  const user = request.user === undefined ? undefined : findJobUser(request.user, root.rootPath);
  return {
    limits,
    network,
    ...(gpus === undefined ? {} : { gpus }),
    process: {
      ...jobProcess(root, request, sizingEnvironment(limits)),
      network,
      limits: resourceLimits(limits),
      ...(maxDisk === undefined ? {} : { disk: { sizeBytes: maxDisk, inodes: inodesOf(limits, maxDisk) } }),
      ...(user === undefined ? {} : { user }),
      ...(maxOutput === undefined ? {} : { outputLimitBytes: maxOutput }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
  };
}

function inodesOf({ maxInodes = DEFAULT_INODES }: EffectiveLimits, sizeBytes: number): number {
  return Math.max(16, Math.min(maxInodes, Math.floor(sizeBytes / BLOCK_BYTES / 2)));
}

/** What is kept of a request. Values of secrets end here. */
export function newRecord(
  id: string,
  request: JobRequest,
  plan: JobPlan,
  facts: { readonly detached: boolean; readonly now: Date },
): JobRecord {
  const { runtime, name, user, workdir = DEFAULT_WORKDIR, args, env = {}, secretEnv = {} } = request;
  const [command = '', ...rest] = args;
  const shown = Object.entries(env).map(([key, value]) => [key, isSecretName(key) ? MASK : redactCredentials(value)]);
  const secret = Object.keys(secretEnv).map((key) => [key, MASK]);
  return {
    id,
    ...(name === undefined ? {} : { name }),
    state: 'INITIALIZING',
    command,
    args: rest,
    ...(runtime === undefined ? {} : { runtime }),
    environment: Object.fromEntries([...shown, ...secret]),
    limits: plan.limits,
    network: plan.network,
    ...(plan.gpus === undefined ? {} : { gpus: plan.gpus }),
    ...(user === undefined ? {} : { user }),
    workdir,
    detached: facts.detached,
    createdAt: facts.now.toISOString(),
  };
}
