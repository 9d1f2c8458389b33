import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { goError } from './go-failure.js';
import type { GoHost } from './go-host.js';
import { withGoSession } from './go-session.js';
import { modulesOf } from './module-query.js';
import { readPlanData } from './plan-data.js';

/** Resolving has fetched what it found; this is for a plan that was made before, or elsewhere. */
export async function prefetchModules(
  request: PackRequest,
  plan: PackPlan,
  services: PackServices,
  own: GoHost,
): Promise<void> {
  const project = readPlanData(plan.data);
  if (project === undefined || services.tools === undefined) return;
  const files = { 'go.mod': project.goMod, 'go.sum': project.goSum };
  await withGoSession(request, files, services.tools, services, own, async ({ script }) => {
    const result = await script('go mod download all');
    if (result.status !== 0) throw goError(result, modulesOf(request));
  });
}
