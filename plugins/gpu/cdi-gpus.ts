import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { DeviceEdits, GpuRequest, Gpus } from '../../core/contracts/gpus.js';
import { CDI_DIRECTORIES, type CdiDevice, joinEdits, readCdi } from './cdi-spec.js';
import { gpuUnavailable } from './errors.js';
import { gpuMemoryBytes } from './gpu-memory.js';

/** Gone with a restart of the host, as the jobs are. */
const LOCKS = '/run/joblet/gpus';

/** GPUs as the vendors' CDI files describe them. */
export class CdiGpus implements Gpus {
  protected readonly directories: readonly string[] = CDI_DIRECTORIES;
  protected readonly locks: string = LOCKS;

  async choose({ count, memoryBytes }: GpuRequest): Promise<DeviceEdits> {
    const all = this.known();
    const large = memoryBytes === undefined ? all : await withMemory(all, memoryBytes);
    mkdirSync(this.locks, { recursive: true, mode: 0o700 });
    const chosen: { readonly device: CdiDevice; readonly lock: string }[] = [];
    for (const device of large) {
      if (chosen.length === count) break;
      const lock = path.join(this.locks, device.id.replaceAll(/[^A-Za-z0-9.-]/g, '_'));
      if (await isFree(lock)) chosen.push({ device, lock });
    }
    if (chosen.length < count) {
      throw gpuUnavailable(
        `${count} GPU${count === 1 ? '' : 's'} asked for, ${chosen.length} free of ${large.length}`,
        large.length < count ? 'ask for fewer' : 'wait for the jobs that hold them to end',
        { asked: count, free: chosen.length, known: large.map(({ id }) => id) },
      );
    }
    const { env, nodes, mounts, hooks } = joinEdits(chosen.map(({ device }) => device.edits));
    const toRoot = ({ hostPath, containerPath }: { hostPath: string; containerPath: string }) => ({
      hostPath,
      rootPath: containerPath,
    });
    return {
      env: Object.fromEntries(env.map((entry) => splitVariable(entry))),
      nodes: nodes.map(toRoot),
      files: mounts.map(toRoot),
      hooks,
      locks: chosen.map(({ lock }) => lock),
    };
  }

  /** Each GPU once: vendors name it by number and by serial number, and all of them together as `all`. */
  private known(): readonly CdiDevice[] {
    const { devices, unreadable } = readCdi(this.directories);
    const gpus = devices.filter(({ kind, name }) => kind.endsWith('/gpu') && name !== 'all');
    if (gpus.length === 0) {
      const reason = unreadable.length === 0 ? '' : ` (${unreadable.join('; ')})`;
      throw gpuUnavailable(
        `no GPU is described in ${this.directories.join(' or ')}${reason}`,
        'have the vendor describe them: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml; --gpu 0 runs a job without',
        { directories: this.directories, unreadable },
      );
    }
    const byNodes = new Map<string, CdiDevice>();
    for (const gpu of gpus) {
      const key = JSON.stringify([gpu.kind, gpu.edits.nodes.map(({ hostPath }) => hostPath).sort()]);
      if (!byNodes.has(key)) byNodes.set(key, gpu);
    }
    return [...byNodes.values()];
  }
}

async function withMemory(devices: readonly CdiDevice[], wanted: number): Promise<readonly CdiDevice[]> {
  const sizes = await gpuMemoryBytes();
  const large = devices.filter(({ name }) => (sizes.get(name) ?? 0) >= wanted);
  if (large.length > 0) return large;
  throw gpuUnavailable(
    `no GPU is known to have ${Math.ceil(wanted / 1024 ** 2)} MB of memory`,
    'ask for less with --gpu-memory; only nvidia-smi is asked for how much a GPU has',
    { sizes: Object.fromEntries(sizes) },
  );
}

async function isFree(lock: string): Promise<boolean> {
  const { exitCode } = await execa('flock', ['--nonblock', lock, 'true'], { reject: false, cwd: '/', stdio: 'ignore' });
  return exitCode === 0;
}

function splitVariable(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}
