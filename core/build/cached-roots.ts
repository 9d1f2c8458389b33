import type { IdMap } from '../contracts/id-map.js';
import type { BuildServices, PackagePlan } from '../contracts/platform-adapter.js';
import type { Layer, LayerCache } from '../store/layer-cache.js';
import { contentKey } from '../store/store-paths.js';
import type { Workspace } from '../store/workspace.js';
import type { DetectedPlatform } from './detect-platform.js';

/** The minimal root of the plan's release, bootstrapped once for each set of exact package versions. */
export function makeBase(
  layers: LayerCache,
  platform: DetectedPlatform,
  plan: PackagePlan,
  ids: IdMap,
  workspace: Workspace,
  services: BuildServices,
): Promise<Layer> {
  return makeRoot('base', layers, platform, plan, ids, workspace, services, async (dir) => {
    services.log(`bootstrapping ${plan.release}: ${plan.base.length} packages`);
    await platform.adapter.bootstrap(platform.info, plan, dir, services);
  });
}

/** The unpacked root that packs resolve in. */
export function makeToolRoot(
  layers: LayerCache,
  platform: DetectedPlatform,
  plan: PackagePlan,
  ids: IdMap,
  workspace: Workspace,
  services: BuildServices,
): Promise<Layer> {
  return makeRoot('tools', layers, platform, plan, ids, workspace, services, async (dir) => {
    services.progress(`unpacking the tools of ${plan.release}`);
    await platform.adapter.unpackToolRoot(platform.info, plan, dir, services);
  });
}

async function makeRoot(
  id: 'base' | 'tools',
  layers: LayerCache,
  platform: DetectedPlatform,
  plan: PackagePlan,
  ids: IdMap,
  workspace: Workspace,
  services: BuildServices,
  fill: (dir: string) => Promise<void>,
): Promise<Layer> {
  const exact = plan[id].map((one) => `${one.name}=${one.version}`).sort();
  const key = contentKey([id, platform.adapter.family, plan.release, platform.info.architecture, ids, exact]);
  const { layer } = await layers.obtain(
    {
      key,
      id,
      build: async (dir) => {
        await fill(dir);
        return null;
      },
    },
    {
      workspace,
      signal: services.signal,
      onWait: () => services.progress(`waiting for another build that makes the ${id}`),
    },
  );
  return layer;
}
