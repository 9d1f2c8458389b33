import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../../core/config/load-config.js';
import type { Host } from '../../../core/contracts/host.js';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { PlatformInfo } from '../../../core/contracts/platform-adapter.js';
import { AptPlatform } from '../../../plugins/platforms/apt/apt-platform.js';

/** A root with the python and pip of this host's release, unpacked and not configured. */
export interface PythonRoot {
  readonly dir: string;
  /** X.Y. */
  readonly version: string;
  readonly platform: PlatformInfo;
}

/** Made once from the host's mirrors and kept in the temporary folder, since every test file needs it. */
export async function pythonRoot(): Promise<PythonRoot> {
  const store = path.join(tmpdir(), 'joblet-test-python');
  await mkdir(store, { recursive: true });
  const host: Host = { env: {}, home: '/root', now: () => new Date() };
  const apt = new AptPlatform(host, DEFAULT_ID_MAP, store, '/etc/os-release', { load: () => loadConfig(store) });
  const platform = await apt.detect();
  if (platform === undefined) throw new Error('these tests need Debian or Ubuntu');
  const dir = path.join(store, `root-${platform.release}`);
  if (!existsSync(dir)) {
    const services = { signal: new AbortController().signal, log: () => {}, progress: () => {}, warn: () => {} };
    const query = { groups: [[{ build: [], runtime: [], tools: ['python3', 'python3-pip'] }]] };
    const resolution = await apt.resolve(platform, query, services);
    if (resolution.kind !== 'planned') throw new Error(`no python in ${platform.release}`);
    const made = await mkdtemp(path.join(store, 'making-'));
    await chmod(made, 0o755);
    await apt.unpackToolRoot(platform, resolution.plan, made, services);
    await rename(made, dir).catch(() => rm(made, { recursive: true }));
  }
  const names = await readdir(path.join(dir, 'usr/bin'));
  const version = names.map((name) => /^python(3\.\d+)$/.exec(name)?.[1]).find((found) => found !== undefined);
  if (version === undefined) throw new Error(`no python in ${dir}`);
  return { dir, version, platform };
}
