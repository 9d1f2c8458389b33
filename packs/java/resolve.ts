import type { CommandRunner } from '../../core/contracts/command-runner.js';
import type { PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { coordinatesOf } from './coordinates.js';
import type { JavaHost } from './java-host.js';
import { runResolver } from './maven-run.js';
import { type Jar, languagePackage, planData } from './plan-data.js';

/** Coordinates to exact jars with all that they depend on, which are then in the cache. */
export async function planJars(request: PackRequest, services: PackServices, own: JavaHost): Promise<PackPlan> {
  const coordinates = coordinatesOf(request);
  if (coordinates.length === 0) return planOf([]);
  if (services.tools === undefined) {
    return {
      packages: [],
      extraBuild: ['maven'],
      deferred: 'a pre-install hook may change where java comes from',
      data: planData([]),
    };
  }
  return planOf(await resolveJars(request, services.tools, services, own));
}

export async function resolveJars(
  request: PackRequest,
  runner: CommandRunner,
  services: PackServices,
  own: JavaHost,
): Promise<readonly Jar[]> {
  const coordinates = coordinatesOf(request);
  services.progress(`resolving ${coordinates.length === 1 ? '1 library' : `${coordinates.length} libraries`}`);
  return await runResolver(request, coordinates, runner, services, own);
}

function planOf(jars: readonly Jar[]): PackPlan {
  return { packages: jars.map(languagePackage), extraBuild: [], data: planData(jars) };
}
