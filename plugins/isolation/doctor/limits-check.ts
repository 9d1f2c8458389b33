import { injectable } from 'tsyringe';
import type { HostCheck, HostFinding } from '../../../core/contracts/host-check.js';
import type { ResourceLimits } from '../../../core/contracts/resource-limits.js';
import { findJobletError } from '../../../core/errors/joblet-error.js';
import type { ControlGroups } from '../control-groups/control-groups.js';
import { findControlGroups } from '../control-groups/detect.js';

/** One of each limit, small enough for any host. */
const PROBES: Readonly<Record<string, ResourceLimits>> = {
  'CPU limit': { cpuPercent: 50 },
  'memory limit': { memoryBytes: 64 * 1024 * 1024 },
  'IO limit': { ioBytesPerSecond: 1024 * 1024 },
  'pinning to cores': { cpuCores: [0] },
  'limit on processes': { pids: 64 },
};

/** Which limits control groups can hold here: what a job with that limit would be refused for. */
@injectable()
export class LimitsCheck implements HostCheck {
  readonly id = 'limits';

  async examine(): Promise<readonly HostFinding[]> {
    return limitFindings(findControlGroups);
  }
}

export function limitFindings(find: () => ControlGroups): readonly HostFinding[] {
  let groups: ControlGroups;
  try {
    groups = find();
  } catch (error) {
    return [refused('control groups', error)];
  }
  const limits = Object.entries(PROBES).map(([subject, limit]): HostFinding => {
    try {
      groups.check(limit);
      return { subject, status: 'ok', found: 'enforced' };
    } catch (error) {
      return refused(subject, error);
    }
  });
  return [{ subject: 'control groups', status: 'ok', found: `version ${groups.version}` }, ...limits];
}

function refused(subject: string, thrown: unknown): HostFinding {
  const error = findJobletError(thrown);
  if (error === undefined) throw thrown;
  return {
    subject,
    status: 'limited',
    found: error.message,
    ...(error.hint === undefined ? {} : { advice: error.hint }),
  };
}
