import type { ResourceLimits, ResourceUsage } from '../../../core/contracts/resource-limits.js';

/** A block device as the kernel names it. */
export interface BlockDevice {
  readonly major: number;
  readonly minor: number;
}

/** One job's groups, in every hierarchy that its limits and its usage need. */
export interface ControlGroup {
  readonly name: string;
  /** Where `oom_kill N` counts the processes that were ended for want of memory and the kernel does not end the others; version 1. */
  readonly memoryEventsPath?: string;
  /**
   * Moves a process in; its later children are in it too. The first move after a silence waits for the kernel (about 13 ms, see
   * `warmUp`). Rejects with E_NOT_STARTED when the process or the group is gone: it may then run without its limits, and is to be
   * ended.
   */
  add(pid: number): Promise<void>;
  /** Holds reads and writes of a device that is known only once the group exists, such as a loop device. */
  limitDevice(device: BlockDevice, bytesPerSecond: number): Promise<void>;
  usage(): Promise<ResourceUsage>;
  /**
   * True once the kernel has ended a process of the group for want of memory. Version 2 ends all of them then, version 1 only one:
   * there it is for the caller to look now and then, and to `kill` the rest.
   */
  ranOutOfMemory(): Promise<boolean>;
  /** True when it holds no process although it was made more than a minute ago: it is filled within milliseconds, or never. */
  isAbandoned(): Promise<boolean>;
  /** Ends all its processes with KILL, its limits lifted so that they can end; resolves when none is left. */
  kill(): Promise<void>;
  /** Removes it; nothing when it is gone already. Its processes must be gone, or about to. */
  remove(): Promise<void>;
}

/** Makes control groups, below a group named `joblet`, in the way of this host's hierarchy. */
export interface ControlGroups {
  readonly version: 1 | 2;
  /** Throws E_LIMIT_UNENFORCEABLE, with what to change on the host, for a limit that cannot be held here. Changes nothing. */
  check(limits: ResourceLimits): void;
  /** Begins, without waiting, the silence-ending wait of the first `add`: call it as soon as it is known that a job will start. */
  warmUp(): void;
  /**
   * Makes the group and sets its limits; `devices` are those that `ioBytesPerSecond` is for. Undefined when the name (`[a-z0-9-]+`) is
   * taken. Leaves nothing when it fails.
   */
  create(name: string, limits: ResourceLimits, devices: readonly BlockDevice[]): Promise<ControlGroup | undefined>;
  /** The group of this name, made before by this or another process; undefined when there is none. */
  find(name: string): Promise<ControlGroup | undefined>;
  /** Names of all groups of ours. */
  list(): Promise<readonly string[]>;
}
