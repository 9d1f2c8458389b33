import path from 'node:path';
import type { DeviceEdits, DeviceHook } from '../../core/contracts/gpus.js';
import type { OciMount } from './mounts.js';

/** A hook of the OCI runtime specification, config.md. */
export interface OciHook {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
}

/**
 * Device nodes are bound one by one: a user namespace can make none, and these mounts alone are without `nodev`. They are
 * made from the host's own /dev, which every id may search.
 */
export function deviceMounts(devices: DeviceEdits | undefined): OciMount[] {
  if (devices === undefined) return [];
  const mount = (hostPath: string, destination: string, options: readonly string[]): OciMount => ({
    destination,
    type: 'bind',
    source: hostPath,
    options: ['bind', 'nosuid', ...options],
  });
  return [
    ...devices.nodes.map(({ hostPath, rootPath }) => mount(hostPath, rootPath, ['noexec'])),
    ...devices.files.map(({ hostPath, rootPath }) => mount(hostPath, rootPath, ['nodev', 'ro'])),
  ];
}

export function hooksByStage(hooks: readonly DeviceHook[]): Record<string, readonly OciHook[]> {
  const stages = [...new Set(hooks.map(({ stage }) => stage))];
  return Object.fromEntries(
    stages.map((stage) => [
      stage,
      hooks
        .filter((hook) => hook.stage === stage)
        .map(({ path: program, args, env }) => ({ path: program, args, env })),
    ]),
  );
}

/** Steps of the launcher that hold each device until the process and all that it started have ended. */
export function lockSteps(devices: DeviceEdits | undefined): string[] {
  return (devices?.locks ?? []).flatMap((lock) => ['hold', lock, path.basename(lock)]);
}
