import path from 'node:path';
import type { ResourceLimits } from '../../../core/contracts/resource-limits.js';
import { hostUnfit } from '../../../core/errors/errors.js';
import type { BlockDevice, ControlGroup, ControlGroups } from './control-groups.js';
import { assertGroupName, groupFailed, OURS } from './group.js';
import { groupExists, makeGroup, readGroupFile, removeGroup, subgroups, writeGroupFile } from './group-files.js';
import type { HierarchyMount } from './hierarchies.js';
import type { LimitName } from './limit-settings.js';
import {
  applySetting,
  checkCores,
  cpuQuota,
  hasSwap,
  limitsIn,
  REMOUNT,
  SWAP_REMEDY,
  unenforceable,
} from './limit-settings.js';
import { GroupV1 } from './v1-group.js';
import type { Controller } from './v1-settings.js';
import { CONTROLLERS, MEMORY_AND_SWAP, settingsOf } from './v1-settings.js';
import { warmUpMoves } from './warm-up.js';

/** Read by `usage`, so part of every group where the host has them. */
const MEASURING = ['memory', 'cpuacct', 'blkio'] as const;

/** The hierarchy where a group is made first and removed last, and which so owns the names. `kill` relies on its controller. */
const OWNER = 'pids';

/**
 * Version 1 (the kernel's admin-guide/cgroup-v1): each controller has a hierarchy, alone or with others, and a job has a group in each that
 * its limits or its usage need.
 */
export class ControlGroupsV1 implements ControlGroups {
  readonly version = 1;

  /** @param mounts by controller */
  constructor(private readonly mounts: ReadonlyMap<string, HierarchyMount>) {}

  check(limits: ResourceLimits): void {
    for (const limit of limitsIn(limits)) this.mountFor(limit);
    if (limits.cpuPercent !== undefined) cpuQuota(limits.cpuPercent);
    if (limits.cpuCores !== undefined) checkCores(limits.cpuCores, this.readOutermost('cpuset', 'cpuset.cpus') ?? '');
    if (limits.memoryBytes !== undefined && hasSwap() && this.readOutermost('memory', MEMORY_AND_SWAP) === undefined) {
      throw unenforceable('memoryBytes', 'the host has swap, and the kernel does not count it', SWAP_REMEDY);
    }
  }

  warmUp(): void {
    warmUpMoves(OWNER, this.mounts.get(OWNER));
  }

  async create(
    name: string,
    limits: ResourceLimits,
    devices: readonly BlockDevice[],
  ): Promise<ControlGroup | undefined> {
    this.check(limits);
    const settings = settingsOf(limits, devices);
    const owner = this.ownerOf(name);
    const used = [...limitsIn(limits).map((limit) => CONTROLLERS[limit]), ...MEASURING];
    const directories = this.directoriesOf(name, used);
    const made: string[] = [];
    try {
      for (const directory of new Set([owner, ...directories.values()])) {
        makeGroup(path.dirname(directory));
        if (makeGroup(directory)) made.push(directory);
        else if (directory === owner) return undefined;
        else throw hostUnfit(`the control group ${directory} exists already`, 'remove it with rmdir');
      }
      this.giveMemoryNodes(directories.get('cpuset'));
      for (const setting of settings) {
        applySetting(path.join(this.mountFor(setting.limit).path, OURS, name), setting);
      }
      return new GroupV1(name, owner, directories);
    } catch (error) {
      for (const directory of made.reverse()) await removeGroup(directory);
      throw groupFailed(error);
    }
  }

  async find(name: string): Promise<ControlGroup | undefined> {
    const owner = this.ownerOf(name);
    if (!groupExists(owner)) return undefined;
    const directories = this.directoriesOf(name, [...Object.values(CONTROLLERS), ...MEASURING]);
    return new GroupV1(name, owner, new Map([...directories].filter(([, directory]) => groupExists(directory))));
  }

  async list(): Promise<readonly string[]> {
    const mount = this.mounts.get(OWNER);
    return mount === undefined ? [] : subgroups(path.join(mount.path, OURS));
  }

  private mountFor(limit: LimitName): HierarchyMount {
    const controller = CONTROLLERS[limit];
    const mount = this.mounts.get(controller);
    if (mount === undefined) {
      const at = `/sys/fs/cgroup/${controller}`;
      throw unenforceable(
        limit,
        `the ${controller} controller is not mounted`,
        `mkdir -p ${at} && mount -t cgroup -o ${controller} none ${at}; if that fails, start Linux with cgroup_enable=${controller}`,
      );
    }
    if (!mount.writable) throw unenforceable(limit, `${mount.path} is mounted read-only`, REMOUNT);
    return mount;
  }

  private ownerOf(name: string): string {
    assertGroupName(name);
    return path.join(this.mountFor('pids').path, OURS, name);
  }

  private directoriesOf(name: string, controllers: readonly Controller[]): Map<Controller, string> {
    const directories = new Map<Controller, string>();
    for (const controller of controllers) {
      const mount = this.mounts.get(controller);
      if (mount?.writable) directories.set(controller, path.join(mount.path, OURS, name));
    }
    return directories;
  }

  /** A new group has neither cores nor memory nodes, and takes no process before it has both; none that its parent lacks. */
  private giveMemoryNodes(directory: string | undefined): void {
    if (directory === undefined) return;
    const parent = path.dirname(directory);
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const all = this.readOutermost('cpuset', file) ?? '';
      if (readGroupFile(parent, file) !== all) writeGroupFile(parent, file, all);
      if (file === 'cpuset.mems') writeGroupFile(directory, file, all);
    }
  }

  private readOutermost(controller: Controller, file: string): string | undefined {
    return readGroupFile(this.mounts.get(controller)?.path, file);
  }
}
