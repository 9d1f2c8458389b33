import type { CommandRunner } from '../contracts/command-runner.js';
import type { PackServices } from '../contracts/language-pack.js';
import type { BuildContext } from '../pipeline/build-context.js';
import { DETECTED_PLATFORM } from '../pipeline/results.js';
import { WORKSPACE } from '../pipeline/root-results.js';
import { makeDirectory, type StorePaths } from '../store/store-paths.js';

/** What a pack gets to work with, over the services of the running build. */
export async function makePackServices(
  context: BuildContext,
  paths: StorePaths,
  packId: string,
  tools?: CommandRunner,
): Promise<PackServices> {
  const cacheDir = paths.packCache(packId);
  await makeDirectory(cacheDir);
  return {
    signal: context.signal,
    log: (line) => context.log(line),
    progress: (message) => context.progress(message),
    warn: (message) => context.warn(message),
    platform: context.get(DETECTED_PLATFORM).info,
    cacheDir,
    scratchDir: await context.get(WORKSPACE).make(`pack-${packId}`),
    ...(tools ? { tools } : {}),
  };
}
