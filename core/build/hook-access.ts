import type { NetworkAccess } from '../contracts/host-network.js';
import type { BuildContext } from '../pipeline/build-context.js';
import { BUILD_PLAN, DETECTED_PLATFORM } from '../pipeline/results.js';
import { WORKSPACE } from '../pipeline/root-results.js';
import type { StorePaths } from '../store/store-paths.js';
import { makePackServices } from './pack-services.js';

/** What the tools of all packs of a build need in a hook. */
export async function hookAccess(context: BuildContext, paths: StorePaths): Promise<readonly NetworkAccess[]> {
  const access: NetworkAccess[] = [];
  for (const { pack, request } of context.get(BUILD_PLAN).packs) {
    if (pack.hookAccess === undefined) continue;
    const services = await makePackServices({
      packId: pack.id,
      platform: context.get(DETECTED_PLATFORM).info,
      paths,
      workspace: context.get(WORKSPACE),
      services: context,
    });
    access.push(await pack.hookAccess(request, services));
  }
  return access;
}
