import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import type { NodeHost } from './node-host.js';
import { npmError } from './npm-failure.js';
import { withNpmSession } from './npm-session.js';
import { packagesOf } from './package-spec.js';

/** Resolving has fetched what it found; this is for a plan that was made before, or elsewhere: npm's cache has the packages by their hashes. */
export async function prefetchPackages(
  request: PackRequest,
  plan: PackPlan,
  services: PackServices,
  own: NodeHost,
): Promise<void> {
  if (typeof plan.data !== 'string' || services.tools === undefined) return;
  const project = { list: packagesOf(request), lock: plan.data };
  await withNpmSession(project, services.tools, services, own, async ({ npm }) => {
    const result = await npm(['ci', '--ignore-scripts', '--prefer-offline', '--json']);
    if (result.status !== 0) throw npmError(result, project.list);
  });
}
