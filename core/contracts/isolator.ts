import type { Readable, Writable } from 'node:stream';
import type { ProcessIdentity } from '../process/process-identity.js';
import type { DeviceEdits } from './gpus.js';
import type { ResourceLimits, ResourceUsage } from './resource-limits.js';
import { token } from './token.js';

/** A host file or directory made visible inside a root. Always nosuid, nodev; read-only unless `writable`. */
export interface Bind {
  readonly hostPath: string;
  /** Absolute, inside the root. Its parent must exist in the root or be one of the fresh mounts (/dev, /tmp, /run, /work). */
  readonly rootPath: string;
  /** @default false */
  readonly writable?: boolean;
}

/** The root of a process: one directory, or an overlay that exists only in the process's own mount namespace. */
export type RootSource =
  | { readonly kind: 'directory'; readonly hostPath: string; readonly writable: boolean }
  | {
      readonly kind: 'overlay';
      /** Topmost first. */
      readonly lower: readonly string[];
      /** Where changes go; without it the root is read-only. `work` is an empty directory on the same file system. */
      readonly upper?: { readonly hostPath: string; readonly work: string };
    };

/** Directories that a root must have: fresh file systems are mounted there. /work for jobs only. */
export const ROOT_MOUNT_POINTS = ['/proc', '/dev', '/tmp', '/run', '/work'] as const;

/**
 * What a process may do. `job`: default deny, no capability, the runtime read-only, /work and /tmp its own.
 * `build`: what package managers need inside the root (chown, setuid, chroot …) and no more.
 * Both: own user namespace mapped to an unprivileged host range, no_new_privs, seccomp, masked /proc, no devices.
 */
export type IsolationProfile = 'job' | 'build';

/** A disk of a process's own for /work and /tmp, whose size and number of files the kernel enforces. */
export interface WorkDisk {
  readonly sizeBytes: number;
  readonly inodes: number;
  /** A tar archive that is unpacked in /work before the process starts; what it holds belongs to the process's user. */
  readonly upload?: Readable;
  /** Keeps the disk's image at this path after the end, for `packWork`. @default removed, however the process or its caller ends */
  readonly keepAt?: string;
}

/** A disk image (ext4, owned by the id range) that outlives processes, mounted at /volumes/NAME. */
export interface VolumeMount {
  /** `[a-z0-9][a-z0-9_-]*` */
  readonly name: string;
  readonly imagePath: string;
  readonly readonly: boolean;
  /** Held (flock(2), exclusively) from before the image's loop device is looked up or made until it is mounted: one image with
   * two devices is the end of what is in it. */
  readonly lockPath: string;
}

/** `none`: a loopback of its own. `host`: the host's network. `isolated`: a way out, and none to the host or other processes. */
export type NetworkMode = 'none' | 'host' | 'isolated';

export interface IsolatedProcess {
  readonly profile: IsolationProfile;
  readonly root: RootSource;
  /** Program and arguments, byte for byte; looked up in the PATH of `env` inside the root. */
  readonly args: readonly string[];
  /** The whole environment: nothing of the host's is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, inside the root. @default '/work' for jobs, '/' for builds */
  readonly cwd?: string;
  readonly binds?: readonly Bind[];
  readonly network: NetworkMode;
  /** Enforced by the kernel. Throws E_LIMIT_UNENFORCEABLE where this host cannot. @default none */
  readonly limits?: ResourceLimits;
  /** Jobs only. @default /work and /tmp are in memory */
  readonly disk?: WorkDisk;
  readonly volumes?: readonly VolumeMount[];
  /** GPUs and what they need. @default none */
  readonly devices?: DeviceEdits;
  /** Ids inside the root. @default 0:0 */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Ends the process when it has written more than this to its outputs. @default no limit */
  readonly outputLimitBytes?: number;
  /** @default 'ignore' (empty input) */
  readonly stdin?: Readable | 'ignore';
  readonly stdout: Writable | 'ignore';
  readonly stderr: Writable | 'ignore';
  /** TERM at this time, KILL after a grace period. @default no limit */
  readonly timeoutMs?: number;
  /** Ends the process and everything it started, with KILL. */
  readonly signal?: AbortSignal;
  /** Sees every piece of output, before it is delivered, also of outputs that are ignored. */
  readonly observe?: (output: 'stdout' | 'stderr', chunk: Buffer) => void;
}

/** A process that outlives its caller, under a monitor. What of it is to be known later lies in a directory of its own. */
export interface DetachedProcess extends Omit<IsolatedProcess, 'stdin' | 'stdout' | 'stderr' | 'signal' | 'observe'> {
  /** Absolute; there, empty, and only for this. The caller removes it when it has read the end. */
  readonly directory: string;
  /** Both outputs, in the format that Kubernetes' runtimes and podman write (`TIME stdout|stderr F|P TEXT`). */
  readonly logPath: string;
  /** A log that reaches this is begun anew. */
  readonly logLimitBytes: number;
  /** Run by the monitor when the process has ended. Empty: nothing. */
  readonly atEnd: readonly string[];
  /** Descriptors that the monitor keeps open. */
  readonly held?: readonly number[];
  /** Called before the process runs; it does not run if this throws. */
  readonly onMonitored: (handles: DetachedHandles) => void;
}

export interface DetachedHandles {
  /** For `signal`. */
  readonly process: ProcessIdentity;
  /** While this one lives, the process runs or its end is being written. The process dies with it. */
  readonly monitor: ProcessIdentity;
}

/** Why a process ended. `disk-full`: it failed, and its disk had no room left. */
export type ExitReason =
  | 'exited'
  | 'signalled'
  | 'timed-out'
  | 'cancelled'
  | 'out-of-memory'
  | 'disk-full'
  | 'output-limit';

export interface ProcessExit {
  /** As a shell says it: the exit status, 126, 127, or 128 + the signal's number. */
  readonly status: number;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly durationMs: number;
  readonly reason: ExitReason;
  readonly usage: ResourceUsage;
}

export interface RunningProcess {
  /** Resolves when the process, and all that it started, is gone and its output is written. Rejects only with JobletError
   * when it could not be started. */
  readonly exit: Promise<ProcessExit>;
  /** Sends a signal to the process inside and its process group, as a terminal does. */
  kill(signal: NodeJS.Signals): void;
  /** For `signal`, by which others may end it, as soon as there is a process; undefined when there will be none. Never rejects. */
  readonly started?: Promise<ProcessIdentity | undefined>;
}

/** One mount of a job's world, as runtime.yml lists it. `source` is `isolated` (the runtime's own root) or a file system's type. */
export interface JobMount {
  readonly source: string;
  readonly target: string;
  readonly readonly: boolean;
}

export interface PackWorkOptions {
  /** Larger files, which have holes, are not in the archive. */
  readonly maxFileBytes: number;
  /** Told of each of them before the archive ends: its name in /work, in latin1. */
  readonly onTooLarge: (name: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs processes in roots. Everything a process made outside `upper` and writable binds is gone when it ends, however
 * it or its caller ends (SIGKILL of the caller included). */
export interface Isolator {
  /** `crun`. */
  readonly id: string;
  start(process: IsolatedProcess): RunningProcess;
  /** A tar archive of what /work of an ended process holds, from the disk that `keepAt` kept. Fails as a stream does. */
  packWork(imagePath: string, options: PackWorkOptions): Readable;
  /** What a job of a runtime sees mounted. */
  jobMounts(): readonly JobMount[];
  /** Starts a process that goes on when the caller ends. Rejects with JobletError when it could not be started under a monitor. */
  startDetached?(process: DetachedProcess): Promise<void>;
  /** How the process of this directory ended; to be called when its monitor has ended, or by its monitor. Undefined when the monitor
   * was killed: what is left of the process is ended then. Rejects with JobletError when the process could not be started. */
  detachedExit?(directory: string): Promise<ProcessExit | undefined>;
  /** As `RunningProcess.kill`, for whoever knows the identity. False when it is gone, or has not come to run yet. */
  signal?(process: ProcessIdentity, signal: NodeJS.Signals): boolean;
  /** What a process has used until now; undefined when it is gone, or has no limits and so no account. */
  usage?(process: ProcessIdentity): Promise<ResourceUsage | undefined>;
  /** Removes what killed callers have left on this host. Resolves with how much that was. */
  sweep?(): Promise<number>;
  /** From the next process on, keeps this many sandboxes prepared, for processes with limits and a disk like the last one's: they then start
   * sooner, at the price of a few MB each. Resolves when there are no more than that. @default 0 */
  keepReady?(count: number): Promise<void>;
  /** Throws JobletError E_HOST_UNFIT, with how to install, when this host lacks what `start` needs. */
  check(): Promise<void>;
}

export const ISOLATOR = token<Isolator>('isolator');
