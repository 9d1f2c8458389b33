import { chmod, chown, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { inject, injectAll, injectable } from 'tsyringe';
import type { BaseRootMaker } from '../contracts/base-root.js';
import { ID_MAP, type IdMap } from '../contracts/id-map.js';
import { type BuildServices, PLATFORM, type PlatformAdapter } from '../contracts/platform-adapter.js';
import { buildStepFailed, hostUnfit } from '../errors/errors.js';
import { hostTool } from '../process/host-tool.js';
import { type Layer, LayerCache } from '../store/layer-cache.js';
import { contentKey, StorePaths } from '../store/store-paths.js';
import { openWorkspace, sweepWorkspaces, type Workspace } from '../store/workspace.js';
import { makeBase } from './cached-roots.js';
import { detectPlatform } from './detect-platform.js';
import { accountsForJobs, HOSTS } from './job-files.js';
import { linkTo } from './link-to.js';

/** The root of jobs that name no runtime: the base layer that builds begin with, of the host's own release. */
@injectable()
export class MinimalRootMaker implements BaseRootMaker {
  constructor(
    @injectAll(PLATFORM) private readonly platforms: readonly PlatformAdapter[],
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(LayerCache) private readonly layers: LayerCache,
    @inject(ID_MAP) private readonly ids: IdMap,
  ) {}

  async make(options: Parameters<BaseRootMaker['make']>[0]): Promise<string> {
    const { onProgress, signal = new AbortController().signal } = options;
    const services: BuildServices = { signal, log: () => {}, progress: onProgress, warn: onProgress };
    const platform = await detectPlatform(this.platforms);
    await this.paths.prepare();
    await sweepWorkspaces(this.paths);
    const workspace = await openWorkspace(this.paths);
    try {
      onProgress(`resolving the base packages of ${platform.info.release}`);
      const { info, adapter } = platform;
      const resolution = await adapter.resolve(info, { groups: [] }, services);
      if (resolution.kind === 'missing') {
        throw hostUnfit('the base packages are not to be had', 'check the package sources of this host');
      }
      onProgress(`making a minimal root of ${resolution.plan.base.length} packages of ${resolution.plan.release}`);
      const base = await makeBase(this.layers, platform, resolution.plan, this.ids, workspace, services);
      const layer = await this.finish(base, workspace, services);
      await linkTo(layer.dir, this.paths.baseRoot, workspace);
      return layer.dir;
    } finally {
      await workspace.close();
    }
  }

  /** The base with the files that a job finds in any runtime. A layer is never altered: this one shares the base's files. */
  private async finish(base: Layer, workspace: Workspace, services: BuildServices): Promise<Layer> {
    const passwd = await readFile(path.join(base.dir, 'etc/passwd'), 'utf8');
    const files = { 'etc/hosts': HOSTS, 'etc/passwd': accountsForJobs(passwd) };
    const { layer } = await this.layers.obtain(
      {
        id: 'minimal-root',
        key: contentKey(['minimal-root', base.key, files]),
        build: async (dir) => {
          const copied = await execa('cp', ['-al', '--', `${base.dir}/.`, dir], hostTool);
          if (copied.failed)
            throw buildStepFailed(`the base could not be linked: ${copied.stderr}`, 'see the message', {});
          for (const [name, content] of Object.entries(files)) {
            const file = path.join(dir, name);
            await rm(file, { force: true });
            await writeFile(file, content);
            await chmod(file, 0o644);
            await chown(file, this.ids.hostStart, this.ids.hostStart);
          }
          return null;
        },
      },
      { workspace, signal: services.signal },
    );
    return layer;
  }
}
