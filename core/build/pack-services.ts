import type { CommandRunner } from '../contracts/command-runner.js';
import type { PackServices } from '../contracts/language-pack.js';
import type { BuildServices, PlatformInfo } from '../contracts/platform-adapter.js';
import { makeDirectory, type StorePaths } from '../store/store-paths.js';
import type { Workspace } from '../store/workspace.js';

/** What a pack gets to work with, over the services of the running build. */
export async function makePackServices(options: {
  readonly packId: string;
  readonly platform: PlatformInfo;
  readonly paths: StorePaths;
  readonly workspace: Workspace;
  readonly services: BuildServices;
  readonly tools?: CommandRunner;
}): Promise<PackServices> {
  const { services, workspace, packId } = options;
  const cacheDir = options.paths.packCache(packId);
  await makeDirectory(cacheDir);
  return {
    signal: services.signal,
    log: (line) => services.log(line),
    progress: (message) => services.progress(message),
    warn: (message) => services.warn(message),
    platform: options.platform,
    cacheDir,
    scratchDir: await workspace.make(`pack-${packId}`),
    ...(options.tools ? { tools: options.tools } : {}),
  };
}
