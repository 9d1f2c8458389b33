import { existsSync } from 'node:fs';
import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { mavenFailed } from './errors.js';
import { cachedJar } from './jar-cache.js';
import type { JavaHost } from './java-host.js';
import { runResolver } from './maven-run.js';
import { type Jar, readPlanData } from './plan-data.js';

/** Resolving has fetched what it found; this is for a plan that was made before, or elsewhere. */
export async function prefetchJars(
  request: PackRequest,
  plan: PackPlan,
  services: PackServices,
  own: JavaHost,
): Promise<void> {
  const missing = () => readPlanData(plan.data).filter(({ sha256 }) => !existsSync(cachedJar(sha256, services)));
  const absent = missing();
  if (absent.length === 0 || services.tools === undefined) return;
  // The exact versions of the plan, each by itself: what they depend on is in the plan too.
  const exact = absent.filter(({ classifier }) => classifier === '').map(coordinateOf);
  await runResolver(request, exact, services.tools, services, own);
  const [changed] = missing();
  if (changed !== undefined) {
    throw mavenFailed(
      `${coordinateOf(changed)} is not what it was when the plan was made`,
      'build again, without the plan',
    );
  }
}

function coordinateOf({ group, artifact, version }: Jar): string {
  return `${group}:${artifact}:${version}`;
}
