import type { ResourceLimits } from '../../core/contracts/resource-limits.js';
import type { ProcessInRoot } from './bundle.js';
import type { JobGroup } from './job-group.js';
import type { Assignment, Launch } from './launcher.js';

/** All that processes of one kind have alike: what of a sandbox can be made before its process is known. */
export interface SandboxKind {
  readonly limits: ResourceLimits;
  readonly disk: { readonly sizeBytes: number; readonly inodes: number };
  /** The job has host ids of its own. */
  readonly mapped: boolean;
}

/** A launcher that waits for its process. */
export interface Sandbox {
  readonly job: JobGroup;
  readonly launch: Launch;
  /** Starts the process. */
  assign(assignment: Assignment): void;
}

/** A new one is made this long after one was taken, or at the end of its process: not while that starts. */
const DELAY_MS = 100;

/** The kind of sandbox that a process can have; undefined when it needs one made for it alone. */
export function sandboxKind(process: ProcessInRoot, mapped: boolean): SandboxKind | undefined {
  const { limits, disk, root } = process;
  const own =
    disk?.upload ??
    disk?.keepAt ??
    process.devices ??
    limits?.ioBytesPerSecond ??
    process.volumes?.[0] ??
    process.binds?.[0];
  if (limits === undefined || disk === undefined || own !== undefined) return undefined;
  if (process.profile !== 'job' || process.network === 'isolated' || root.kind !== 'directory' || root.writable) {
    return undefined;
  }
  return { limits, disk: { sizeBytes: disk.sizeBytes, inodes: disk.inodes }, mapped };
}

/** Sandboxes of the kind that was last asked for, each for one process. */
export class ReadySandboxes {
  private count = 0;
  private kind = '';
  private ready: Promise<Sandbox>[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly open: (kind: SandboxKind) => Promise<Sandbox>) {}

  /** Keeps this many from the next process on. Resolves when those that are too many are gone. */
  async keep(count: number): Promise<void> {
    this.count = count;
    if (count > 0) return;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    await this.drop();
  }

  /** One that is ready or is being made; undefined when there is none. */
  async take(kind: SandboxKind): Promise<Sandbox | undefined> {
    if (this.count === 0) return undefined;
    if (this.kind !== JSON.stringify(kind)) {
      this.kind = JSON.stringify(kind);
      void this.drop();
    }
    const timer = setTimeout(() => this.replenish(kind, timer), DELAY_MS).unref();
    this.timers.add(timer);
    const taken = await this.ready.shift()?.catch(() => undefined);
    taken?.launch.hold(true);
    taken?.launch.ended.then(
      () => this.replenish(kind, timer),
      () => {},
    );
    return taken;
  }

  /** Once for each that was taken. */
  private replenish(kind: SandboxKind, timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    if (!this.timers.delete(timer) || this.kind !== JSON.stringify(kind)) return;
    if (this.ready.length < this.count) this.ready.push(this.make(kind));
  }

  private make(kind: SandboxKind): Promise<Sandbox> {
    const made = this.open(kind).then((sandbox) => {
      sandbox.launch.hold(false);
      return sandbox;
    });
    made.catch(() => {});
    return made;
  }

  private async drop(): Promise<void> {
    const dropped = this.ready;
    this.ready = [];
    await Promise.allSettled(dropped.map(async (sandbox) => endSandbox(await sandbox)));
  }
}

export async function endSandbox({ launch, job }: Sandbox): Promise<void> {
  launch.hold(true);
  launch.kill();
  await launch.ended;
  await job.group.remove();
}
