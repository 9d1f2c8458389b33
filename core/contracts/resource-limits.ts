/** What the kernel holds a process, and all that it starts, to. A limit that is absent is not set. */
export interface ResourceLimits {
  /** Of one core: 150 is one and a half. */
  readonly cpuPercent?: number;
  /** Swap included: what is over it ends the whole process tree. */
  readonly memoryBytes?: number;
  /** Of reads, and of writes, to each disk that the process can reach; buffered writes included. */
  readonly ioBytesPerSecond?: number;
  /** Numbers of the cores that it may run on. */
  readonly cpuCores?: readonly number[];
  /** Processes and threads at a time. */
  readonly pids?: number;
}

/** What a process and all that it started used. A figure that this host does not keep is absent. */
export interface ResourceUsage {
  readonly cpuMs?: number;
  readonly peakMemoryBytes?: number;
  readonly ioReadBytes?: number;
  readonly ioWriteBytes?: number;
}
