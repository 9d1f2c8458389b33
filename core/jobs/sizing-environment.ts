import { availableParallelism, totalmem } from 'node:os';
import type { EffectiveLimits } from './job-limits.js';

/** Of a job's memory, what node's heap may take: the rest is for its code, buffers and threads. */
const HEAP_SHARE = 0.75;

/**
 * Variables by which programs that size themselves by the machine fit into a job's limits: a job sees the host's cores and
 * memory, and no control group. `OMP_NUM_THREADS` is read by OpenMP, OpenBLAS, MKL, numexpr and nproc(1). Under the
 * environment of the runtime and of the caller.
 */
export function sizingEnvironment(limits: EffectiveLimits): Readonly<Record<string, string>> {
  const hostCores = availableParallelism();
  const byShare = limits.maxCpu === undefined ? hostCores : Math.ceil(limits.maxCpu / 100);
  const cores = Math.min(byShare, limits.cpuCores?.length ?? hostCores, hostCores);
  const { maxMemory } = limits;
  const memory = maxMemory !== undefined && maxMemory < totalmem() ? maxMemory : undefined;
  const threads = String(cores);
  return {
    ...(cores === hostCores
      ? {}
      : { OMP_NUM_THREADS: threads, GOMAXPROCS: threads, RAYON_NUM_THREADS: threads, PYTHON_CPU_COUNT: threads }),
    ...(memory === undefined
      ? {}
      : {
          NODE_OPTIONS: `--max-old-space-size=${Math.max(1, Math.floor((memory * HEAP_SHARE) / 2 ** 20))}`,
          GOMEMLIMIT: String(Math.floor(memory * 0.9)),
        }),
    ...(cores === hostCores && memory === undefined
      ? {}
      : {
          JAVA_TOOL_OPTIONS: [
            ...(cores === hostCores ? [] : [`-XX:ActiveProcessorCount=${threads}`]),
            ...(memory === undefined ? [] : [`-XX:MaxRAM=${memory}`]),
          ].join(' '),
        }),
  };
}
