import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RootRunner } from '../../../core/build/root-runner.js';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import type { Host } from '../../../core/contracts/host.js';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { RootSource } from '../../../core/contracts/isolator.js';
import type { PackRequest, PackRoot, PackServices } from '../../../core/contracts/language-pack.js';
import { StorePaths } from '../../../core/store/store-paths.js';
import { SystemHostNetwork } from '../../../plugins/host-network/system-host-network.js';
import { CrunIsolator } from '../../../plugins/isolation/crun-isolator.js';
import { readHostPipConfig } from '../host-pip-config.js';
import { withPipAccess } from '../pip-access.js';
import { findPipTool } from '../pip-tool.js';
import { PythonPack } from '../python-pack.js';
import { type PythonRoot, pythonRoot } from './python-root.js';

/** A pack in a store of its own, over a real root and the real isolator. */
export interface PackWorld {
  readonly pack: PythonPack;
  readonly python: PythonRoot;
  readonly dir: string;
  readonly cacheDir: string;
  readonly scratchDir: string;
  /** Every line of output so far. */
  readonly output: string[];
  readonly warnings: string[];
  services(options?: { readonly signal?: AbortSignal; readonly tools?: boolean }): PackServices;
  request(pip: readonly string[], pipOptions?: string): PackRequest;
  root(): Promise<PackRoot>;
  close(): Promise<void>;
}

/** `env` is the caller's environment; the machine's own pip configuration is left out of it. */
export async function openPackWorld(
  env: Record<string, string>,
  options: { pinnedPip?: boolean } = {},
): Promise<PackWorld> {
  const python = await pythonRoot();
  const dir = await mkdtemp(path.join(tmpdir(), 'joblet-python-pack-'));
  await chmod(dir, 0o755);
  const home = path.join(dir, 'home');
  const cacheDir = path.join(dir, 'cache');
  const scratchDir = path.join(dir, 'scratch');
  for (const made of [home, cacheDir, scratchDir]) await mkdir(made);
  const host: Host = { env: { PIP_CONFIG_FILE: '/dev/null', ...env }, home, now: () => new Date() };
  const isolator = new CrunIsolator(
    { ...host, env: { PATH: process.env['PATH'] } },
    DEFAULT_ID_MAP,
    new StorePaths(dir),
  );
  const network = new SystemHostNetwork(host);
  const output: string[] = [];
  const warnings: string[] = [];
  const never = new AbortController().signal;
  const base = (signal: AbortSignal) => ({
    signal,
    log: (line: string) => void output.push(line),
    progress: (line: string) => void output.push(line),
    warn: (line: string) => void warnings.push(line),
  });
  const tmp = await ownedDirectory(path.join(dir, 'tmp'), 0o1777);
  const runner = (root: RootSource, signal: AbortSignal): CommandRunner =>
    new RootRunner({
      isolator,
      network,
      root,
      services: base(signal),
      tmp: { hostPath: tmp, rootPath: '/tmp', writable: true },
    });
  const world: PackWorld = {
    pack: new PythonPack(host, DEFAULT_ID_MAP, network),
    python,
    dir,
    cacheDir,
    scratchDir,
    output,
    warnings,
    services: ({ signal = never, tools = true } = {}) => ({
      ...base(signal),
      platform: python.platform,
      cacheDir,
      scratchDir,
      ...(tools ? { tools: runner({ kind: 'directory', hostPath: python.dir, writable: false }, signal) } : {}),
    }),
    request: (pip, pipOptions) => ({
      role: 'base',
      version: python.version,
      values: { pip, ...(pipOptions === undefined ? {} : { pip_options: pipOptions }) },
    }),
    root: async () => {
      const upper = await mkdtemp(path.join(dir, 'layer-'));
      const layerDir = await ownedDirectory(path.join(upper, 'files'), 0o755);
      const work = await ownedDirectory(path.join(upper, 'work'), 0o755);
      await chmod(upper, 0o755);
      const source: RootSource = { kind: 'overlay', lower: [python.dir], upper: { hostPath: layerDir, work } };
      return { runner: runner(source, never), layerDir };
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
  if (options.pinnedPip !== false) await seedPinnedPip(world);
  return world;
}

async function ownedDirectory(dir: string, mode: number): Promise<string> {
  await mkdir(dir);
  await chmod(dir, mode);
  await chown(dir, DEFAULT_ID_MAP.hostStart, DEFAULT_ID_MAP.hostStart);
  return dir;
}

/**
 * The pip that the pack pins, from this machine's own index, kept beside the python root: the test's index has none. A
 * machine that cannot get it tests with the distribution's pip.
 */
async function seedPinnedPip(world: PackWorld): Promise<void> {
  const kept = path.join(path.dirname(world.python.dir), `tools-${world.python.platform.release}`);
  const host: Host = { env: process.env, home: process.env['HOME'] ?? '/root', now: () => new Date() };
  const where = { host, ids: DEFAULT_ID_MAP, network: new SystemHostNetwork(host), scratchDir: world.scratchDir };
  const services = { ...world.services(), cacheDir: kept };
  const { tools } = services;
  if (tools === undefined) return;
  const settings = await readHostPipConfig(host);
  await withPipAccess({ settings, args: [] }, where, (access) =>
    findPipTool(`python${world.python.version}`, tools, [access], services, DEFAULT_ID_MAP),
  );
  if (existsSync(kept)) await symlink(path.join(kept, 'tools'), path.join(world.cacheDir, 'tools'));
}
