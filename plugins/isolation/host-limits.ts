import { readFileSync } from 'node:fs';

/** What this process cannot raise, or lower, for its children without CAP_SYS_RESOURCE, which root may lack. */
export interface HostLimits {
  /** Hard limit of open files. */
  readonly maxOpenFiles: number;
  /** How willingly the kernel ends this process when memory runs out. */
  readonly oomScoreAdj: number;
}

export function hostLimits(): HostLimits {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return {
    maxOpenFiles: hard === undefined ? Number.MAX_SAFE_INTEGER : Number(hard),
    oomScoreAdj: Number(readFileSync('/proc/self/oom_score_adj', 'utf8')),
  };
}
