import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
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
  WorkDisk,
} from '../../core/contracts/isolator.js';
import type { ResourceLimits, ResourceUsage } from '../../core/contracts/resource-limits.js';
import { hostUnfit, usageError } from '../../core/errors/errors.js';
import { isJobletError } from '../../core/errors/joblet-error.js';
import { firstProcess, killPidNamespace, sendSignal } from '../../core/process/pid-namespace.js';
import { isAlive, type ProcessIdentity } from '../../core/process/process-identity.js';
import { StorePaths } from '../../core/store/store-paths.js';
import { ociConfig, type ProcessInRoot } from './bundle.js';
import { findMainProcess, sendGroupSignal } from './container-processes.js';
import type { ControlGroup, ControlGroups } from './control-groups/control-groups.js';
import { findControlGroups } from './control-groups/detect.js';
import { sweepControlGroups } from './control-groups/sweep.js';
import { lockSteps } from './devices.js';
import { processNotStarted } from './errors.js';
import { execScript, execScriptPath } from './exec-script.js';
import { hostLimits } from './host-limits.js';
import type { HostTools } from './host-tools.js';
import { checkKernel, findHostTools, hasOverlay } from './host-tools.js';
import { canMapIds, mappedEntries, mappedMount, rangeCount, rangeOf } from './id-ranges.js';
import type { JobGroup } from './job-group.js';
import { groupName, groupOfProcess, limitedDevice, openJobGroup } from './job-group.js';
import type { Assignment, Launch, LaunchPreparation, PreparedLaunch } from './launcher.js';
import { launch } from './launcher.js';
import { findConmon, startMonitored } from './monitor/conmon.js';
import { groupOfMonitor, readDetachedExit } from './monitor/detached-exit.js';
import { freshMounts } from './mounts.js';
import { checkIsolatedNetwork, hostNetworkState, isolatedNetworkSteps } from './network/isolated-network.js';
import { surroundingsOf } from './oci-runtime.js';
import { packWork } from './pack-work.js';
import type { Sandbox, SandboxKind } from './ready-sandboxes.js';
import { ReadySandboxes, sandboxKind } from './ready-sandboxes.js';
import type { PreparedSources } from './root-steps.js';
import { DISK, diskSteps, prepareSources, ROOT_LINK, resolveExisting, volumeName, volumeSteps } from './root-steps.js';
import { seccompArchitecture } from './seccomp.js';
import type { SupervisedLaunch } from './supervisor.js';
import { GRACE_MS, supervise } from './supervisor.js';
import { withUserNamespace } from './user-namespace.js';
import { emptyDisk, removeOld, WORK_DIRECTORIES } from './work-disk.js';

/** Processes in roots through an OCI runtime and a bundle; see docs/isolation.md for what they may do. */
@injectable()
export class CrunIsolator implements Isolator {
  readonly id = 'crun';
  protected readonly graceMs: number = GRACE_MS;
  private found: HostTools | undefined;
  private foundGroups: ControlGroups | undefined;
  private readonly ready = new ReadySandboxes((kind) => this.openSandbox(kind));

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
    const prepared = await this.prepare(process);
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
    const sandbox = await this.takeReady(process);
    if (sandbox !== undefined) {
      return { ...sandbox.launch, ...accountOf(sandbox.job.group, this.groups().version === 1) };
    }
    const { tools, steps, assignment, preparation, group } = await this.prepare(process);
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

  private async takeReady(process: IsolatedProcess): Promise<Sandbox | undefined> {
    const tools = this.tools();
    const mapped = this.mapsIds(process, tools);
    const kind = sandboxKind(process, mapped);
    const sandbox = kind && (await this.ready.take(kind));
    if (sandbox === undefined) return undefined;
    refuseNulBytes(process);
    const { privateDirectory } = surroundingsOf(tools.runtime);
    const sources = prepareSources(process.root, [], privateDirectory);
    const idMap = mapped ? rangeOf(sandbox.job.index, this.idMap) : this.idMap;
    const { rootHostPath = '' } = sources;
    sandbox.assign({
      ...this.assignmentOf(process, sources, idMap, tools),
      links: { [`${privateDirectory}/${ROOT_LINK}`]: rootHostPath },
      steps: sources.steps.map((word) => (word === rootHostPath ? ROOT_LINK : word)),
    });
    return sandbox;
  }

  /** All that can be done before a process is known. */
  private async openSandbox({ limits, disk, mapped }: SandboxKind): Promise<Sandbox> {
    const tools = this.tools();
    const { privateDirectory } = surroundingsOf(tools.runtime);
    const job = await this.openGroup(limits, undefined);
    try {
      const diskSteps = await this.diskSteps(disk, job, false);
      const steps = mapped ? withUserNamespace(rangeOf(job.index, this.idMap), diskSteps) : diskSteps;
      const preparation = this.joinGroup({ limits, disk }, job.group, privateDirectory);
      let assign = (_: Assignment): void => {};
      const assignment = new Promise<Assignment>((resolve) => {
        assign = resolve;
      });
      return { job, launch: launch(tools, steps, assignment, preparation), assign };
    } catch (error) {
      await job.group.remove();
      throw error;
    }
  }

  /** Makes on the host what the process needs, all of which is gone when its group is removed. */
  private async prepare(process: ProcessInRoot): Promise<PreparedLaunch> {
    refuseNulBytes(process);
    if (process.limits !== undefined) this.groups().warmUp();
    const tools = this.tools();
    const { privateDirectory } = surroundingsOf(tools.runtime);
    const sources = prepareSources(
      process.root,
      process.binds ?? [],
      privateDirectory,
      process.devices === undefined ? undefined : this.idMap.hostStart,
    );
    const { rootHostPath } = sources;
    const synchronous = process.limits?.ioBytesPerSecond !== undefined && this.groups().version === 1;
    const job = process.limits === undefined ? undefined : await this.openGroup(process.limits, rootHostPath);
    try {
      const mapped = this.mapsIds(process, tools);
      const idMap = mapped && job ? rangeOf(job.index, this.idMap) : this.idMap;
      const disk = process.disk && (await this.diskSteps(process.disk, job, synchronous));
      const assignment = this.assignmentOf(process, sources, idMap, tools);
      const rootSteps = [
        ...lockSteps(process.devices),
        ...sources.steps,
        ...(disk ?? []),
        ...volumeSteps(process.volumes ?? [], synchronous),
        ...this.networkSteps(process, idMap),
      ];
      const steps = mapped ? withUserNamespace(idMap, rootSteps) : rootSteps;
      const preparation = {
        ...(job ? this.joinGroup(process, job.group, privateDirectory) : {}),
        ...(process.disk?.upload ? { upload: process.disk.upload } : {}),
      };
      return { tools, steps, assignment, preparation, ...(job ? { group: job.group } : {}) };
    } catch (error) {
      await job?.group.remove();
      throw error;
    }
  }

  /** Whether the process gets host ids of its own. */
  private mapsIds({ limits, devices, root }: ProcessInRoot, { runtime }: HostTools): boolean {
    // Mount points for driver files are made in a layer over the root, which has one owner.
    if (limits === undefined || devices !== undefined || root.kind !== 'directory') return false;
    return canMapIds(runtime, resolveExisting(root.hostPath));
  }

  private assignmentOf(process: ProcessInRoot, sources: PreparedSources, idMap: IdMap, tools: HostTools): Assignment {
    const { rootHostPath } = sources;
    const mapped = idMap !== this.idMap && rootHostPath !== undefined;
    const { privateDirectory } = surroundingsOf(tools.runtime);
    const config = JSON.stringify(
      ociConfig({
        ...sources,
        process,
        idMap,
        ...(mapped
          ? { mapping: { option: mappedMount(this.idMap, idMap), rootEntries: mappedEntries(rootHostPath) } }
          : {}),
        privateDirectory,
        initPath: tools.init,
        architecture: filterArchitecture(),
        limits: hostLimits(),
      }),
    );
    const script = execScript(process);
    return {
      files: [
        // The configuration holds the environment, secrets included.
        { path: `${privateDirectory}/config.json`, content: config, mode: 0o600 },
        ...(script === undefined ? [] : [{ path: execScriptPath(privateDirectory), content: script, mode: 0o644 }]),
      ],
    };
  }

  private networkSteps(process: ProcessInRoot, idMap: IdMap): readonly string[] {
    if (process.network !== 'isolated') return [];
    checkIsolatedNetwork();
    return isolatedNetworkSteps(idMap, hostNetworkState());
  }

  private openGroup(limits: ResourceLimits, rootHostPath: string | undefined): Promise<JobGroup> {
    const limited = limits.ioBytesPerSecond !== undefined && rootHostPath !== undefined;
    return openJobGroup(this.groups(), limits, limited ? [limitedDevice(rootHostPath)] : [], rangeCount(this.idMap));
  }

  /** The process starts in the group; disks that are mounted for it alone are limited as soon as they are. */
  private joinGroup(
    process: Pick<ProcessInRoot, 'limits' | 'disk' | 'volumes'>,
    group: ControlGroup,
    privateDirectory: string,
  ): LaunchPreparation {
    const rate = process.limits?.ioBytesPerSecond;
    const disks = [
      ...(process.disk === undefined ? [] : [DISK]),
      ...(process.volumes ?? []).map((_, index) => volumeName(index)),
    ];
    return {
      joined: (first) => group.add(first),
      mounted: async (first) => {
        if (rate === undefined) return;
        for (const name of disks) {
          await group.limitDevice(limitedDevice(`/proc/${first}/root${privateDirectory}/${name}`), rate);
        }
      },
    };
  }

  private async diskSteps(disk: WorkDisk, job: JobGroup | undefined, synchronous: boolean): Promise<string[]> {
    const empty = await emptyDisk(this.paths.emptyDisks, disk, this.idMap);
    const image = disk.keepAt ?? this.paths.disk(job === undefined ? randomUUID() : groupName(job.index));
    mkdirSync(path.dirname(image), { recursive: true, mode: 0o700 });
    return diskSteps(empty, image, disk, this.idMap.hostStart, synchronous);
  }

  packWork(imagePath: string, options: PackWorkOptions): Readable {
    return packWork(this.tools(), imagePath, this.idMap, options);
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

/** Nothing runs without a filter: on an architecture that we have no list for, nothing runs. */
function filterArchitecture(): string {
  const architecture = seccompArchitecture(process.arch);
  if (architecture !== undefined) return architecture;
  throw hostUnfit(
    `there is no system call filter for ${process.arch} processors`,
    'use a machine with an x86-64 or 64-bit Arm processor',
  );
}

function refuseNulBytes(process: ProcessInRoot): void {
  const texts = [...process.args, ...Object.entries(process.env).flat(), process.cwd ?? ''];
  if (texts.some((text) => text.includes('\0'))) {
    throw usageError(
      'an argument, variable or directory contains a NUL byte',
      'no program can be given one: remove it',
    );
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
