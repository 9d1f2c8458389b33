import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { WorkDisk } from '../../core/contracts/isolator.js';
import type { ResourceLimits } from '../../core/contracts/resource-limits.js';
import { usageError } from '../../core/errors/errors.js';
import { kernelUuid } from '../../core/process/kernel-uuid.js';
import type { StorePaths } from '../../core/store/store-paths.js';
import { ociConfig, type ProcessInRoot } from './bundle.js';
import type { ControlGroup, ControlGroups } from './control-groups/control-groups.js';
import { lockSteps } from './devices.js';
import { execScript, execScriptPath } from './exec-script.js';
import { hostLimits } from './host-limits.js';
import type { HostTools } from './host-tools.js';
import { canMapIds, mappedEntries, mappedMount, rangeCount, rangeOf } from './id-ranges.js';
import type { JobGroup } from './job-group.js';
import { groupName, limitedDevice, openJobGroup } from './job-group.js';
import type { Assignment, LaunchPreparation, PreparedLaunch } from './launcher.js';
import { launch } from './launcher.js';
import { checkIsolatedNetwork, hostNetworkState, isolatedNetworkSteps } from './network/isolated-network.js';
import { surroundingsOf } from './oci-runtime.js';
import type { Sandbox, SandboxKind } from './ready-sandboxes.js';
import { endSandbox, sandboxKind } from './ready-sandboxes.js';
import type { PreparedSources } from './root-steps.js';
import { DISK, diskSteps, prepareSources, ROOT_LINK, resolveExisting, volumeName, volumeSteps } from './root-steps.js';
import { filterArchitecture } from './seccomp.js';
import { withUserNamespace } from './user-namespace.js';
import { emptyDisk } from './work-disk.js';

/** Prepares on the host what a process is to have: its group, ids, disk, mounts and configuration. */
export class SandboxMaker {
  private readonly privateDirectory: string;

  /** @param groups asked for processes with limits only: a host without control groups can run others */
  constructor(
    private readonly tools: HostTools,
    private readonly groups: () => ControlGroups,
    private readonly paths: StorePaths,
    private readonly idMap: IdMap,
  ) {
    this.privateDirectory = surroundingsOf(tools.runtime).privateDirectory;
  }

  /** The kind of sandbox that can be prepared for a process like this one. */
  kindOf(process: ProcessInRoot): SandboxKind | undefined {
    return sandboxKind(process, this.mapsIds(process));
  }

  /** Gives a process to a sandbox of its kind. Ends the sandbox when it throws. */
  async fill(sandbox: Sandbox, process: ProcessInRoot): Promise<void> {
    try {
      refuseNulBytes(process);
      const sources = prepareSources(process.root, [], this.privateDirectory);
      const { rootHostPath = '' } = sources;
      sandbox.assign({
        ...this.assignmentOf(process, sources, this.idsOf(process, sandbox.job)),
        links: { [`${this.privateDirectory}/${ROOT_LINK}`]: rootHostPath },
        steps: sources.steps.map((word) => (word === rootHostPath ? ROOT_LINK : word)),
      });
    } catch (error) {
      await endSandbox(sandbox);
      throw error;
    }
  }

  /** All that can be done before a process is known. */
  async open({ limits, disk, mapped }: SandboxKind): Promise<Sandbox> {
    const job = await this.openGroup(limits, undefined);
    try {
      const diskSteps = await this.diskSteps(disk, job, false);
      const steps = mapped ? withUserNamespace(rangeOf(job.index, this.idMap), diskSteps) : diskSteps;
      const preparation = this.joinGroup({ limits, disk }, job.group);
      let assign = (_: Assignment): void => {};
      const assignment = new Promise<Assignment>((resolve) => {
        assign = resolve;
      });
      return { job, launch: launch(this.tools, steps, () => assignment, preparation), assign };
    } catch (error) {
      await job.group.remove();
      throw error;
    }
  }

  /** Makes on the host what the process needs, all of which is gone when its group is removed. */
  async prepare(process: ProcessInRoot): Promise<PreparedLaunch> {
    refuseNulBytes(process);
    filterArchitecture();
    if (process.limits !== undefined) this.groups().warmUp();
    const sources = prepareSources(
      process.root,
      process.binds ?? [],
      this.privateDirectory,
      process.devices === undefined ? undefined : this.idMap.hostStart,
    );
    const { rootHostPath } = sources;
    const synchronous = process.limits?.ioBytesPerSecond !== undefined && this.groups().version === 1;
    const job = process.limits === undefined ? undefined : await this.openGroup(process.limits, rootHostPath);
    try {
      const idMap = this.idsOf(process, job);
      const disk = process.disk && (await this.diskSteps(process.disk, job, synchronous));
      const assignment = () => this.assignmentOf(process, sources, idMap);
      const rootSteps = [
        ...lockSteps(process.devices),
        ...sources.steps,
        ...(disk ?? []),
        ...volumeSteps(process.volumes ?? [], synchronous),
        ...this.networkSteps(process, idMap),
      ];
      const steps = idMap !== this.idMap ? withUserNamespace(idMap, rootSteps) : rootSteps;
      const preparation = {
        ...(job ? this.joinGroup(process, job.group) : {}),
        ...(process.disk?.upload ? { upload: process.disk.upload } : {}),
      };
      return { tools: this.tools, steps, assignment, preparation, ...(job ? { group: job.group } : {}) };
    } catch (error) {
      await job?.group.remove();
      throw error;
    }
  }

  /** Whether the process gets host ids of its own. */
  private mapsIds({ limits, devices, root }: ProcessInRoot): boolean {
    // Mount points for driver files are made in a layer over the root, which has one owner.
    if (limits === undefined || devices !== undefined || root.kind !== 'directory') return false;
    return canMapIds(this.tools.runtime, resolveExisting(root.hostPath));
  }

  private idsOf(process: ProcessInRoot, job: JobGroup | undefined): IdMap {
    return job !== undefined && this.mapsIds(process) ? rangeOf(job.index, this.idMap) : this.idMap;
  }

  private assignmentOf(process: ProcessInRoot, sources: PreparedSources, idMap: IdMap): Assignment {
    const { rootHostPath } = sources;
    const mapped = idMap !== this.idMap && rootHostPath !== undefined;
    const { privateDirectory } = this;
    const config = JSON.stringify(
      ociConfig({
        ...sources,
        process,
        idMap,
        ...(mapped
          ? { mapping: { option: mappedMount(this.idMap, idMap), rootEntries: mappedEntries(rootHostPath) } }
          : {}),
        privateDirectory,
        initPath: this.tools.init,
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
          await group.limitDevice(limitedDevice(`/proc/${first}/root${this.privateDirectory}/${name}`), rate);
        }
      },
    };
  }

  private async diskSteps(disk: WorkDisk, job: JobGroup | undefined, synchronous: boolean): Promise<string[]> {
    const empty = await emptyDisk(this.paths.emptyDisks, disk, this.idMap);
    const image = disk.keepAt ?? this.paths.disk(job === undefined ? kernelUuid() : groupName(job.index));
    mkdirSync(path.dirname(image), { recursive: true, mode: 0o700 });
    return diskSteps(empty, image, disk, this.idMap.hostStart, synchronous);
  }
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
