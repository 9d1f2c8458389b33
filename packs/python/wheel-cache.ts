import { createHash } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory, readPlainFile, writePrivateFile } from '../../core/pack-kit.js';
import { pipInstallFailed } from './errors.js';
import { diagnosePipFailure } from './pip-failure.js';
import type { PipItem } from './pip-report.js';
import type { PipSession, PythonHost } from './pip-session.js';
import { publish } from './publish.js';

/** A wheel whose content is known by its hash. */
export interface Wheel {
  readonly name: string;
  readonly sha256: string;
  readonly fileName: string;
}

export type HashedItem = PipItem & { readonly sha256: string };

/** Node cannot hold more in one buffer than this; no index takes as much. */
export const MAX_WHEEL_BYTES = 2 ** 31 - 1;

/** What can be fetched ahead and cached by hash; anything else is built (or fetched) in the build root. */
export function isCacheable(item: PipItem): item is HashedItem {
  return item.kind === 'wheel' && item.sha256 !== null;
}

export function wheelsDirectory(services: PackServices): string {
  return path.join(services.cacheDir, 'wheels');
}

/** Below `wheelsDirectory`: one directory for each hash, since pip wants the file's own name. */
export function wheelPath(wheel: Wheel): string {
  return path.join(wheel.sha256, wheel.fileName);
}

export function wheelOf(item: HashedItem): Wheel {
  return { name: item.name, sha256: item.sha256, fileName: fileNameOf(item.url) };
}

/** Fetches with pip (it knows proxies, passwords, mirrors) what the cache does not have, each checked against its hash. */
export async function fetchWheels(
  items: readonly HashedItem[],
  session: PipSession,
  services: PackServices,
  own: PythonHost,
): Promise<void> {
  const cache = wheelsDirectory(services);
  const missing = items.filter((item) => !existsSync(path.join(cache, wheelPath(wheelOf(item)))));
  if (missing.length === 0) return;
  services.progress(`fetching ${missing.length === 1 ? missing[0]?.name : `${missing.length} wheels`}`);
  const work = await makePrivateDirectory(services.scratchDir, 'fetch', own.ids);
  try {
    // By address, so that no index page is read again; by hash, so that what was planned is what comes.
    const lock = missing.map((item) => `${item.name} @ ${item.url} --hash=sha256:${item.sha256}\n`);
    await writePrivateFile(path.join(work, 'lock.txt'), lock.join(''), own.ids);
    const result = await session.access.run(session.runner, {
      args: [
        ...session.tool.command,
        'download',
        '--no-deps',
        '--require-hashes',
        '--dest',
        '/tmp/joblet-work/wheels',
        '--requirement',
        '/tmp/joblet-work/lock.txt',
      ],
      env: session.tool.env,
      binds: [...session.tool.binds, { hostPath: work, rootPath: '/tmp/joblet-work', writable: true }],
    });
    if (result.status !== 0) {
      const output = `${result.stdout}\n${result.stderrTail}`;
      throw diagnosePipFailure(output, { requirements: [], settings: session.pip.settings }).error;
    }
    for (const item of missing)
      await storeWheel(path.join(work, 'wheels', fileNameOf(item.url)), wheelOf(item), work, services);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Moves a fetched or built wheel into the cache. `work` is on its file system. */
export async function storeWheel(file: string, wheel: Wheel, work: string, services: PackServices): Promise<void> {
  // The cache serves every runtime, and a hook may have had its hands in the root that fetched this.
  const content = lstatSync(path.dirname(file)).isDirectory() ? readPlainFile(file, MAX_WHEEL_BYTES) : Buffer.alloc(0);
  if (createHash('sha256').update(content).digest('hex') !== wheel.sha256) {
    throw pipInstallFailed(`${wheel.fileName} is not what its hash says`, {
      hint: 'build again; if it stays so, the index or a hook changes what it serves',
    });
  }
  const holder = path.join(work, wheel.sha256);
  await mkdir(holder);
  await chmod(holder, 0o755);
  await rename(file, path.join(holder, wheel.fileName));
  await publish(holder, path.join(wheelsDirectory(services), wheel.sha256));
}

function fileNameOf(url: string): string {
  return decodeURIComponent(path.posix.basename(new URL(url, 'file:///').pathname));
}
