import type { Readable, Writable } from 'node:stream';
import type { NetworkMode, ProcessExit } from '../contracts/isolator.js';
import type { Download } from '../files/download-pattern.js';
import type { DownloadReport } from '../files/unpack-downloads.js';
import type { Upload } from '../files/upload-source.js';
import type { VolumeUse } from '../volumes/volume.js';
import type { EffectiveLimits } from './job-limits.js';

/** Limits of a job, as its caller says them. 0, or leaving one out, means the configured default. */
export interface JobLimits {
  /** Percent of one core: 150 is one and a half. */
  readonly maxCpu?: number;
  /** MB, or text with a unit: `512M`, `2G`. */
  readonly maxMemory?: number | string;
  /** Bytes per second of reads, and of writes, or text with a unit: `10M`. */
  readonly maxIobps?: number | string;
  /** `0-3`, `1,3,5`. @default all */
  readonly cpuCores?: string;
  /** Processes and threads at a time. */
  readonly maxPids?: number;
  /** MB that /work and /tmp hold together, or text with a unit. */
  readonly maxDisk?: number | string;
  /** Files that /work and /tmp hold together. */
  readonly maxInodes?: number;
  /** MB that it may write to its outputs, or text with a unit. */
  readonly maxOutput?: number | string;
  /** From the job's own start. TERM, after a grace period KILL. */
  readonly timeoutMs?: number;
}

/** What to run, and in which world. */
export interface JobRequest extends JobLimits {
  /** `NAME` or `NAME@VERSION`. @default a minimal root of the host's distribution */
  readonly runtime?: string;
  readonly args: readonly string[];
  /** Shown to people; need not be unique. */
  readonly name?: string;
  /** Over the runtime's own environment. Names that begin with JOB_ or JOBLET_ are refused. */
  readonly env?: Readonly<Record<string, string>>;
  /** As `env`; the values are never shown or kept. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  /** Absolute, inside the root. @default '/work' */
  readonly workdir?: string;
  /** `UID`, `UID:GID`, or a name of the root's /etc/passwd. @default root, which is nobody outside */
  readonly user?: string;
  /** `host` needs leave in the configuration. @default the configured one: none */
  readonly network?: NetworkMode;
  /** GPUs of its own. Throws E_GPU_UNAVAILABLE where they are not to be had. @default 1 in a runtime that requires one, or 0 */
  readonly gpu?: number;
  /** Of each GPU at least: MB, or text with a unit. @default any */
  readonly gpuMemory?: number | string;
  /** Copied into /work before it starts. */
  readonly uploads?: readonly Upload[];
  /** At /volumes/NAME. */
  readonly volumes?: readonly VolumeUse[];
}

/** A command to run while the caller waits. */
export interface JobSpec extends JobRequest {
  readonly stdin?: Readable | 'ignore';
  readonly stdout: Writable | 'ignore';
  readonly stderr: Writable | 'ignore';
  /** Copied out of /work when it has ended, however that was. */
  readonly downloads?: readonly Download[];
  /** Ends the job with KILL. */
  readonly signal?: AbortSignal;
}

export interface RunningJob {
  /** A UUID: its record and log are found by it. */
  readonly id: string;
  /** What it is held to: what was asked for, over the configured defaults. */
  readonly limits: EffectiveLimits;
  readonly exit: Promise<ProcessExit>;
  /** Resolves after `exit`, when the downloads are written; with nothing where none were asked for or it did not start. Rejects
   * with E_DOWNLOAD. */
  readonly downloaded?: Promise<DownloadReport | undefined>;
  kill(signal: NodeJS.Signals): void;
}
