import type { ResourceLimits, ResourceUsage } from '../../../core/contracts/resource-limits.js';

/** A block device as the kernel names it. */
export interface BlockDevice {
  readonly major: number;
  readonly minor: number;
}

/** One job's groups, in every hierarchy that its limits need. */
export interface ControlGroup {
  readonly name: string;
  /** Moves a process in; its later children are in it too. The first move after a silence waits for the kernel (about 13 ms). */
  add(pid: number): Promise<void>;
  /** Holds reads and writes of a device that is known only once the group exists, such as a loop device. */
  limitDevice(device: BlockDevice, bytesPerSecond: number): Promise<void>;
  usage(): Promise<ResourceUsage>;
  /** True once the kernel has ended a process of the group for want of memory. */
  ranOutOfMemory(): Promise<boolean>;
  /** Ends all its processes with KILL; resolves when none is left. */
  kill(): Promise<void>;
  /** Removes it. Its processes must be gone. */
  remove(): Promise<void>;
}

/** Makes control groups in the way of this host's hierarchy. */
export interface ControlGroups {
  readonly version: 1 | 2;
  /** Throws E_LIMIT_UNENFORCEABLE, with what to change on the host, for a limit that cannot be held here. Changes nothing. */
  check(limits: ResourceLimits): void;
  /** Makes the group and sets its limits; `devices` are those that `ioBytesPerSecond` is for. Undefined when the name is taken. */
  create(name: string, limits: ResourceLimits, devices: readonly BlockDevice[]): Promise<ControlGroup | undefined>;
  /** The group of this name, made before by this or another process; undefined when there is none. */
  find(name: string): Promise<ControlGroup | undefined>;
  /** Names of all groups of ours. */
  list(): Promise<readonly string[]>;
}
