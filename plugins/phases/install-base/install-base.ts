import { existsSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inject, injectAll, injectable } from 'tsyringe';
import { makePackServices } from '../../../core/build/pack-services.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type { Phase } from '../../../core/contracts/phase.js';
import {
  TOOLCHAIN_DIR,
  TOOLCHAIN_SOURCE,
  type Toolchain,
  type ToolchainSource,
} from '../../../core/contracts/toolchain-source.js';
import { internalError } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { BUILD_PLAN, DETECTED_PLATFORM, PARSED_SPEC } from '../../../core/pipeline/results.js';
import { BUILD_ROOT } from '../../../core/pipeline/root-results.js';
import { StorePaths } from '../../../core/store/store-paths.js';

@injectable()
export class InstallBase implements Phase {
  readonly number = 7;
  readonly id = 'install-base';
  readonly title = 'Install Base';
  readonly description = 'Install base language packages';

  constructor(
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(ID_MAP) private readonly ids: IdMap,
    @injectAll(TOOLCHAIN_SOURCE) private readonly sources: readonly ToolchainSource[],
  ) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    const { info, adapter } = context.get(DETECTED_PLATFORM);
    const { packages, packs, toolchain } = context.get(BUILD_PLAN);
    // A pre-install hook may have changed the package sources: then the names count, and the result is what is recorded.
    const exact = spec.hooks.preInstall === undefined ? packages.build : undefined;
    const versions = packages.build.map((one) => `${one.name}=${one.version}`).sort();
    const asked = packs.map(({ pack, request }) => ({
      id: pack.id,
      role: request.role,
      version: request.version ?? null,
    }));
    const archives = toolchain?.archives.map(({ hash }) => hash) ?? [];
    const { cached } = await context.get(BUILD_ROOT).extend(
      {
        id: this.id,
        inputs: [packages.buildNames, versions, asked, archives],
        build: async ({ runner, dir }) => {
          await adapter.install(info, runner, { names: packages.buildNames, ...(exact ? { exact } : {}) }, context);
          if (toolchain !== undefined) await this.unpack(spec.base.language, toolchain, dir, context);
          for (const { pack, request } of packs) {
            const services = await makePackServices(context, this.paths, pack.id);
            await pack.setUp?.(request, { runner, layerDir: dir }, services);
          }
          return null;
        },
      },
      context,
    );
    if (cached) context.progress('unchanged, taken from the cache');
  }

  private async unpack(language: string, toolchain: Toolchain, layerDir: string, context: BuildContext): Promise<void> {
    const source = this.sources.find(({ id }) => id === toolchain.source);
    if (source?.unpack === undefined) throw internalError(new Error(`${toolchain.source} has nothing to unpack`));
    context.progress(`unpacking ${language} ${toolchain.version}`);
    const target = path.join(layerDir, TOOLCHAIN_DIR, language);
    for (let parent = layerDir; parent !== target; ) {
      parent = path.join(parent, path.relative(parent, target).split('/')[0] ?? '');
      if (existsSync(parent)) continue;
      await mkdir(parent, { mode: 0o755 });
      await chown(parent, this.ids.hostStart, this.ids.hostStart);
    }
    await source.unpack(toolchain, target, context);
  }
}
