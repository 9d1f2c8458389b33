import { inject, injectable } from 'tsyringe';
import { makePackServices } from '../../../core/build/pack-services.js';
import type { Json, LanguagePackage } from '../../../core/contracts/language-pack.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { BUILD_PLAN, INSTALLED_PACKAGES } from '../../../core/pipeline/results.js';
import { BUILD_ROOT, PREFETCH_AHEAD } from '../../../core/pipeline/root-results.js';
import { StorePaths } from '../../../core/store/store-paths.js';

@injectable()
export class InstallPackages implements Phase {
  readonly number = 8;
  readonly id = 'install-packages';
  readonly title = 'Install Packages';
  readonly description = "Install each pack's package lists";

  constructor(@inject(StorePaths) private readonly paths: StorePaths) {}

  async run(context: BuildContext): Promise<void> {
    const { packs } = context.get(BUILD_PLAN);
    await context.get(PREFETCH_AHEAD);
    const installed: LanguagePackage[] = [];
    for (const { pack, request, plan } of packs) {
      const { layer, cached } = await context.get(BUILD_ROOT).extend(
        {
          id: `${this.id}-${pack.id}`,
          inputs: [pack.id, request.role, { ...request.values }, plan.data, plan.deferred ?? null],
          build: async ({ runner, dir }) => {
            const services = await makePackServices(context, this.paths, pack.id);
            return packagesToJson(await pack.install(request, plan, { runner, layerDir: dir }, services));
          },
        },
        context,
      );
      if (cached) context.progress(`${pack.title}: unchanged, taken from the cache`);
      installed.push(...packagesFromJson(layer.data));
    }
    context.set(INSTALLED_PACKAGES, installed);
    context.progress(`${installed.length} packages`);
  }
}

function packagesToJson(packages: readonly LanguagePackage[]): Json {
  return packages.map(({ name, version, label, hash }) => ({
    name,
    version,
    label,
    ...(hash === undefined ? {} : { hash }),
  }));
}

/** What `packagesToJson` made, back from the layer. */
function packagesFromJson(data: Json): readonly LanguagePackage[] {
  return Object.values(data ?? {}).map((row: Json) => {
    const fields = new Map<string, unknown>(Object.entries(row ?? {}));
    const text = (key: string) => String(fields.get(key) ?? '');
    const hash = fields.has('hash') ? { hash: text('hash') } : {};
    return { name: text('name'), version: text('version'), label: text('label'), ...hash };
  });
}
