import { inject, injectable } from 'tsyringe';
import { makePackServices } from '../../../core/build/pack-services.js';
import type { Phase } from '../../../core/contracts/phase.js';
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

  constructor(@inject(StorePaths) private readonly paths: StorePaths) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    const { info, adapter } = context.get(DETECTED_PLATFORM);
    const { packages, packs } = context.get(BUILD_PLAN);
    // A pre-install hook may have changed the package sources: then the names count, and the result is what is recorded.
    const exact = spec.hooks.preInstall === undefined ? packages.build : undefined;
    const versions = packages.build.map((one) => `${one.name}=${one.version}`).sort();
    const asked = packs.map(({ pack, request }) => ({
      id: pack.id,
      role: request.role,
      version: request.version ?? null,
    }));
    const { cached } = await context.get(BUILD_ROOT).extend(
      {
        id: this.id,
        inputs: [packages.buildNames, versions, asked],
        build: async ({ runner, dir }) => {
          await adapter.install(info, runner, { names: packages.buildNames, ...(exact ? { exact } : {}) }, context);
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
}
