import path from 'node:path';
import type { Readable } from 'node:stream';
import { inject, injectable } from 'tsyringe';
import type { Host } from '../../core/contracts/host.js';
import { HOST } from '../../core/contracts/host.js';
import type { IdMap } from '../../core/contracts/id-map.js';
import { ID_MAP } from '../../core/contracts/id-map.js';
import type {
  DetachedProcess,
  IsolatedProcess,
  Isolator,
  JobMount,
  PackWorkOptions,
  ProcessExit,
  RunningProcess,
} from '../../core/contracts/isolator.js';
import type { ResourceUsage } from '../../core/contracts/resource-limits.js';
import { hostUnfit } from '../../core/errors/errors.js';
import { isJobletError } from '../../core/errors/joblet-error.js';
import { firstProcess, killPidNamespace, sendSignal } from '../../core/process/pid-namespace.js';
import { isAlive, type ProcessIdentity } from '../../core/process/process-identity.js';
import { StorePaths } from '../../core/store/store-paths.js';
import { findMainProcess, sendGroupSignal } from './container-processes.js';
import type { ControlGroup, ControlGroups } from './control-groups/control-groups.js';
import { findControlGroups } from './control-groups/detect.js';
import { sweepControlGroups } from './control-groups/sweep.js';
import { processNotStarted } from './errors.js';
import type { HostTools } from './host-tools.js';
import { checkKernel, findHostTools, hasOverlay } from './host-tools.js';
import { groupOfProcess } from './job-group.js';
import type { Launch } from './launcher.js';
import { launch } from './launcher.js';
import { findConmon, startMonitored } from './monitor/conmon.js';
import { groupOfMonitor, readDetachedExit } from './monitor/detached-exit.js';
import { freshMounts } from './mounts.js';
import { surroundingsOf } from './oci-runtime.js';
import { packWork } from './pack-work.js';
import { ReadySandboxes } from './ready-sandboxes.js';
import { SandboxMaker } from './sandbox-maker.js';
import { filterArchitecture } from './seccomp.js';
import type { SupervisedLaunch } from './supervisor.js';
import { GRACE_MS, supervise } from './supervisor.js';
import { removeOld, WORK_DIRECTORIES } from './work-disk.js';

/** Processes in roots through an OCI runtime and a bundle; see docs/isolation.md for what they may do. */
@injectable()
export class CrunIsolator implements Isolator {
  readonly id = 'crun';
  protected readonly graceMs: number = GRACE_MS;
  private found: HostTools | undefined;
  private foundGroups: ControlGroups | undefined;
  private maker: SandboxMaker | undefined;
  private readonly ready = new ReadySandboxes((kind) => this.sandboxes().open(kind));

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ID_MAP) private readonly idMap: IdMap,
    @inject(StorePaths) private readonly paths: StorePaths,
  ) {}

  async check(): Promise<void> {
    filterArchitecture();
    checkKernel(surroundingsOf(this.tools().runtime).privateDirectory);
    if (hasOverlay()) return;
    // Loaded here: a job starts without it, and loading it takes longer than a job's own preparation.
    const { execa } = await import('execa');
    const modprobe = await execa('modprobe', ['--dry-run', 'overlay'], { reject: false, stdio: 'ignore', cwd: '/' });
    if (modprobe.exitCode !== 0) {
      throw hostUnfit(
        'the kernel has no overlayfs',
        'use a kernel with CONFIG_OVERLAY_FS, or load its module: modprobe overlay',
      );
    }
  }

  jobMounts(): readonly JobMount[] {
    const fresh = freshMounts('job', 'disk').map(({ type, destination }) => ({ source: type, target: destination }));
    const disk = Object.values(WORK_DIRECTORIES).map((target) => ({ source: 'disk', target }));
    return [
      { source: 'isolated', target: '/', readonly: true },
      ...[...fresh, ...disk].map((mount) => ({ ...mount, readonly: false })),
    ];
  }

  start(process: IsolatedProcess): RunningProcess {
    if (process.signal?.aborted) {
      const reason = 'cancelled' as const;
      const exit = { status: 137, timedOut: false, cancelled: true, durationMs: 0, reason, usage: {} };
      return { exit: Promise.resolve(exit), kill: () => {} };
    }
    const launching = this.launch(process).catch((error: unknown) => {
      throw isJobletError(error) ? error : this.explain(error);
    });
    return supervise(process, launching, this.graceMs);
  }

  async startDetached(process: DetachedProcess): Promise<void> {
    const conmon = findConmon(this.host.env['PATH']);
    const prepared = await this.sandboxes().prepare(process);
    const { group } = prepared;
    try {
      await startMonitored({ ...prepared, ...process, conmon, graceMs: this.graceMs, ...(group ? { group } : {}) });
    } catch (error) {
      await group?.remove();
      throw error;
    }
  }

  async detachedExit(directory: string): Promise<ProcessExit | undefined> {
    const name = groupOfMonitor(directory);
    const group = name === undefined ? undefined : await this.groups().find(name);
    const exit = await readDetachedExit(directory, accountOf(group, false));
    if (exit === undefined) {
      await group?.kill();
      await group?.remove();
    }
    return exit;
  }

  signal(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
    if (!isAlive(identity)) return false;
    const { pid } = identity;
    if (signal === 'SIGKILL') {
      killPidNamespace({ pid, kill: (own) => sendSignal(pid, own) });
      return true;
    }
    const main = findMainProcess(pid);
    return main !== undefined && sendGroupSignal(main, signal);
  }

  async usage(identity: ProcessIdentity): Promise<ResourceUsage | undefined> {
    const first = isAlive(identity) ? firstProcess(identity.pid) : undefined;
    const name = first === undefined ? undefined : groupOfProcess(first);
    const group = name === undefined ? undefined : await this.groups().find(name);
    return group?.usage();
  }

  async sweep(): Promise<number> {
    const groups = await sweepControlGroups(this.groups(), () => false);
    const disks = await removeOld(path.dirname(this.paths.disk('any')));
    return groups.length + disks;
  }

  private async launch(process: IsolatedProcess): Promise<SupervisedLaunch> {
    const kind = this.sandboxes().kindOf(process);
    const sandbox = kind && (await this.ready.take(kind));
    if (sandbox !== undefined) {
      await this.sandboxes().fill(sandbox, process);
      return { ...sandbox.launch, ...accountOf(sandbox.job.group, this.groups().version === 1) };
    }
    const { tools, steps, assignment, preparation, group } = await this.sandboxes().prepare(process);
    try {
      const started = launch(tools, steps, assignment, preparation);
      return { ...started, ...accountOf(group, group && this.groups().version === 1) };
    } catch (error) {
      await group?.remove();
      throw error;
    }
  }

  keepReady(count: number): Promise<void> {
    return this.ready.keep(count);
  }

  packWork(imagePath: string, options: PackWorkOptions): Readable {
    return packWork(this.tools(), imagePath, this.idMap, options);
  }

  private sandboxes(): SandboxMaker {
    this.maker ??= new SandboxMaker(this.tools(), () => this.groups(), this.paths, this.idMap);
    return this.maker;
  }

  /** Looked up once, at the first use. */
  private groups(): ControlGroups {
    this.foundGroups ??= findControlGroups();
    return this.foundGroups;
  }

  /** Looked up once, at the first use. */
  protected tools(): HostTools {
    this.found ??= findHostTools(this.host.env['PATH']);
    return this.found;
  }

  private explain(error: unknown): Error {
    const text = error instanceof Error ? error.message : String(error);
    return processNotStarted(text, 'its root, layers and binds must exist on this host', error);
  }
}

function accountOf(
  group: ControlGroup | undefined,
  watchMemory: boolean | undefined,
): Omit<SupervisedLaunch, keyof Launch> {
  if (group === undefined) return { settle: async () => ({ usage: {}, outOfMemory: false }) };
  return {
    ...(watchMemory ? { ranOutOfMemory: () => group.ranOutOfMemory() } : {}),
    settle: async (failed) => {
      const settlement = { usage: await group.usage(), outOfMemory: await group.ranOutOfMemory() };
      if (failed) await group.kill();
      await group.remove();
      return settlement;
    },
  };
}
