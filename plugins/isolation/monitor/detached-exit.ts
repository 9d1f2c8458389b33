import { readFileSync, statSync } from 'node:fs';
import type { ProcessExit } from '../../../core/contracts/isolator.js';
import { readReports } from '../launcher.js';
import { type OurReason, processExit } from '../process-exit.js';
import type { SupervisedLaunch } from '../supervisor.js';
import { monitorFiles } from './monitor-files.js';

/** What the shell beside a process writes when it ends it. */
const REASONS: readonly OurReason[] = ['timed-out', 'out-of-memory', 'output-limit'];

/** How the process of a monitor's directory ended; undefined when the monitor has not written it. Throws E_NOT_STARTED. */
export async function readDetachedExit(
  directory: string,
  { settle }: Pick<SupervisedLaunch, 'settle'>,
): Promise<ProcessExit | undefined> {
  const files = monitorFiles(directory);
  const status = read(files.status);
  if (status === undefined) return undefined;
  const reason = read(files.reason)?.trim();
  const ours = REASONS.find((one) => one === reason);
  return processExit({
    end: { code: Number(status), signal: null, ...readReports([read(files.complaints) ?? '']) },
    killed: ours !== undefined,
    connected: true,
    settlement: await settle(false),
    durationMs: Math.max(0, statSync(files.status).mtimeMs - statSync(files.pid).mtimeMs),
    ...(ours === undefined ? {} : { ours }),
  });
}

/** The name of the control group of its process. */
export function groupOfMonitor(directory: string): string | undefined {
  return read(monitorFiles(directory).group);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
