import { syscallNumbers } from '../../plugins/isolation/syscall-numbers.js';
import { TINY } from './hostile-store.js';
import { rnx } from './rnx.js';

/** A job says first which ids of the host are its own: by them its remains are known. */
const WITH_IDS = ['sh', '-c', 'read -r _ ids _ </proc/self/uid_map; echo "$ids"; exec "$@"', 'sh'];

export function withIds(command: readonly string[]): string[] {
  return [...WITH_IDS, ...command];
}

/** The ids and what the job itself wrote. */
export function splitIds(output: string): { readonly hostStart: number; readonly stdout: string } {
  const end = output.indexOf('\n');
  return { hostStart: Number(output.slice(0, end)), stdout: output.slice(end + 1) };
}

export interface HostileRun {
  readonly hostStart: number;
  readonly status: number;
  readonly reason: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
}

/** A job by `rnx job run`, to its end. */
export async function runHostile(
  store: string,
  flags: Readonly<Record<string, string>>,
  command: readonly string[],
): Promise<HostileRun> {
  const given = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const args = ['job', 'run', '--json', `--runtime=${TINY}`, ...given, ...withIds(command)];
  const { stdout } = await rnx(args, { env: { JOBLET_ROOT: store, RNX_DETACH: '' } });
  const document = JSON.parse(String(stdout));
  if (document.error !== undefined) throw new Error(document.error.message);
  return {
    ...splitIds(String(document.stdout)),
    status: Number(document.exit_code),
    reason: String(document.reason),
    stderr: String(document.stderr),
    durationMs: Number(document.duration_ms),
    cpuMs: Number(document.cpu_ms),
    peakMemoryBytes: Number(document.peak_memory_bytes),
  };
}

/** Number of a system call on this machine, for perl's `syscall`. */
export function numberOf(name: string): number {
  const number = syscallNumbers().get(name)?.[process.arch === 'arm64' ? 'arm64' : 'x86_64'];
  if (number === undefined) throw new Error(`no number for ${name}`);
  return number;
}
