import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { missingCrates } from './crate-cache.js';
import { cargoFailed } from './errors.js';
import { readPlanData } from './plan-data.js';
import { resolveCrates } from './resolve.js';
import type { RustHost } from './rust-host.js';

/** Resolving has fetched what it found; this is for a plan that was made before, or elsewhere. */
export async function prefetchCrates(
  request: PackRequest,
  plan: PackPlan,
  services: PackServices,
  own: RustHost,
): Promise<void> {
  const crates = readPlanData(plan.data);
  if (missingCrates(crates, services).length === 0 || services.tools === undefined) return;
  await resolveCrates(request, services.tools, services, own);
  const [changed] = missingCrates(crates, services);
  if (changed === undefined) return;
  throw cargoFailed(
    `${changed.name} ${changed.version} of the plan is not what crates resolve to now`,
    'build again, without the plan',
  );
}
