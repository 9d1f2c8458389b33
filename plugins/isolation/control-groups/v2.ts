import path from 'node:path';
import type { ResourceLimits } from '../../../core/contracts/resource-limits.js';
import type { BlockDevice, ControlGroup, ControlGroups } from './control-groups.js';
import { assertGroupName, groupFailed, OURS } from './group.js';
import {
  errnoOf,
  groupExists,
  makeGroup,
  readGroupFile,
  readProcesses,
  removeGroup,
  subgroups,
  writeGroupFile,
} from './group-files.js';
import type { HierarchyMount } from './hierarchies.js';
import type { LimitName } from './limit-settings.js';
import { applySetting, checkCores, cpuQuota, limitsIn, REMOUNT, unenforceable } from './limit-settings.js';
import { GroupV2 } from './v2-group.js';
import { CONTROLLERS, settingsOf } from './v2-settings.js';
import { warmUpMoves } from './warm-up.js';

const NOT_OFFERED =
  'start Linux without cgroup_disable, mount the controller in no version 1 hierarchy, and in a container have it delegated';

/**
 * Version 2 (the kernel's admin-guide/cgroup-v2): one hierarchy. A group has a controller's files when its parent hands the controller on, by
 * its cgroup.subtree_control; a group with processes, other than the host's outermost, may hand on none.
 */
export class ControlGroupsV2 implements ControlGroups {
  readonly version = 2;
  private readonly ours: string;

  constructor(private readonly mount: HierarchyMount) {
    this.ours = path.join(mount.path, OURS);
  }

  check(limits: ResourceLimits): void {
    const offered = words(this.mount.path, 'cgroup.controllers');
    const handedOn = words(this.mount.path, 'cgroup.subtree_control');
    for (const limit of limitsIn(limits)) {
      const controller = CONTROLLERS[limit];
      if (!offered.has(controller))
        throw unenforceable(limit, `${this.mount.path} has no ${controller} controller`, NOT_OFFERED);
      if (!this.mount.writable) throw unenforceable(limit, `${this.mount.path} is mounted read-only`, REMOUNT);
      if (!handedOn.has(controller) && this.mayHandOnNone()) throw this.notHandedOn(limit);
    }
    if (limits.cpuPercent !== undefined) cpuQuota(limits.cpuPercent);
    if (limits.cpuCores !== undefined) {
      checkCores(limits.cpuCores, readGroupFile(this.mount.path, 'cpuset.cpus.effective') ?? '');
    }
  }

  warmUp(): void {
    warmUpMoves('', this.mount);
  }

  async create(
    name: string,
    limits: ResourceLimits,
    devices: readonly BlockDevice[],
  ): Promise<ControlGroup | undefined> {
    assertGroupName(name);
    this.check(limits);
    const settings = settingsOf(limits, devices);
    const directory = path.join(this.ours, name);
    let made = false;
    try {
      makeGroup(this.ours);
      this.handOn(limitsIn(limits));
      made = makeGroup(directory);
      if (!made) return undefined;
      for (const setting of settings) applySetting(directory, setting);
      return new GroupV2(name, directory);
    } catch (error) {
      if (made) await removeGroup(directory);
      throw groupFailed(error);
    }
  }

  async find(name: string): Promise<ControlGroup | undefined> {
    assertGroupName(name);
    const directory = path.join(this.ours, name);
    return groupExists(directory) ? new GroupV2(name, directory) : undefined;
  }

  async list(): Promise<readonly string[]> {
    return subgroups(this.ours);
  }

  /** Limits need theirs; those that only measure are handed on where the host lets us. */
  private handOn(limits: readonly LimitName[]): void {
    const offered = words(this.mount.path, 'cgroup.controllers');
    const needed = new Map(limits.map((limit) => [CONTROLLERS[limit] as string, limit]));
    for (const parent of [this.mount.path, this.ours]) {
      const handedOn = words(parent, 'cgroup.subtree_control');
      for (const controller of Object.values(CONTROLLERS)) {
        if (handedOn.has(controller) || !offered.has(controller)) continue;
        try {
          writeGroupFile(parent, 'cgroup.subtree_control', `+${controller}`);
        } catch (error) {
          const limit = needed.get(controller);
          if (limit !== undefined) throw this.notHandedOn(limit, error);
        }
      }
    }
  }

  /** The outermost group of the host, which has no cgroup.type, may have processes and hand on controllers. */
  private mayHandOnNone(): boolean {
    return readGroupFile(this.mount.path, 'cgroup.type') !== undefined && readProcesses(this.mount.path).length > 0;
  }

  private notHandedOn(limit: LimitName, cause?: unknown): Error {
    const root = this.mount.path;
    const busy = cause === undefined || errnoOf(cause) === 'EBUSY';
    return unenforceable(
      limit,
      `the kernel does not hand the ${CONTROLLERS[limit]} controller on to groups below ${root} (${busy ? 'it has processes of its own' : errnoOf(cause)})`,
      busy
        ? `move them into a group of their own, as the first thing that the container does: mkdir ${root}/init && for p in $(cat ${root}/cgroup.procs); do echo $p > ${root}/init/cgroup.procs; done`
        : NOT_OFFERED,
      cause,
    );
  }
}

function words(directory: string, file: string): Set<string> {
  return new Set(readGroupFile(directory, file)?.split(/\s+/).filter(Boolean));
}
