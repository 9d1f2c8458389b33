import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { type PythonHost, withPipSession } from './pip-session.js';
import { readPlanData } from './plan-data.js';
import { makeUnits, type Python } from './units.js';
import { interpreter } from './versions.js';
import { fetchWheels, isCacheable, wheelOf } from './wheel-cache.js';

/** Wheels and units of a resolved plan, into the cache, while the base is still being made. */
export async function prefetchPackages(
  request: PackRequest,
  plan: PackPlan,
  services: PackServices,
  own: PythonHost,
): Promise<void> {
  const { python: version, items } = readPlanData(plan.data);
  const wheels = items.filter(isCacheable);
  if (wheels.length === 0 || !services.tools) return;
  await withPipSession(request, services.tools, services, own, async (session) => {
    await fetchWheels(wheels, session, services, own);
    await makeUnits(
      wheels.map(wheelOf),
      distributionPython(request, version),
      session,
      services,
      own,
      services.cacheDir,
    );
  });
}

/** Where the distribution's packages put the python of a plan. */
export function distributionPython(request: PackRequest, version: string): Python {
  return { version, executable: `/usr/bin/${interpreter(request)}` };
}
