import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type {
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../core/contracts/language-pack.js';
import { buildStepFailed } from '../../core/pack-kit.js';
import { buildWheels } from './build-wheels.js';
import { markInstallation } from './direct-marks.js';
import { listInstalled, probePython, warnOfConflicts } from './inspect-root.js';
import { linkTree } from './link-tree.js';
import type { PipReport } from './pip-report.js';
import { type PipSession, type PythonHost, requirementsOf, withPipSession } from './pip-session.js';
import { readPlanData } from './plan-data.js';
import { distributionPython } from './prefetch.js';
import { languagePackage, resolveAll } from './resolve.js';
import { makeUnits, type Python, unitPath } from './units.js';
import { fetchWheels, isCacheable, type Wheel, wheelOf } from './wheel-cache.js';

/** Puts the plan's packages into the layer; a deferred plan is resolved now, by the python of the build root. */
export async function installPackages(
  request: PackRequest,
  plan: PackPlan,
  root: PackRoot,
  services: PackServices,
  own: PythonHost,
): Promise<readonly LanguagePackage[]> {
  const requirements = requirementsOf(request);
  if (requirements.length === 0) return [];
  return await withPipSession(request, root.runner, services, own, async (session) => {
    let report = readPlanData(plan.data);
    if (plan.deferred !== undefined) {
      services.progress('resolving pip requirements in the build root');
      const resolved = await resolveAll(requirements, session, services, own);
      if (resolved.kind !== 'resolved') throw resolved.error;
      report = resolved.report;
    }
    const python =
      plan.deferred === undefined ? distributionPython(request, report.python) : await probePython(session);
    await installReport(request, report, python, session, root, services, own);
    const installed = await listInstalled(report.items.map(languagePackage), session);
    // The resolver has seen to it, unless it was told not to look at dependencies.
    if (session.pip.args.includes('--no-deps')) await warnOfConflicts(session, services);
    return installed;
  });
}

/** By the archive's own pip, which may be one of them. What is not there is passed over. */
async function uninstall(items: PipReport['items'], session: PipSession): Promise<void> {
  const result = await session.runner.run({
    args: [session.python, '-m', 'pip', 'uninstall', '--yes', '--quiet', ...items.map(({ name }) => name)],
    env: { PIP_BREAK_SYSTEM_PACKAGES: '1', PIP_ROOT_USER_ACTION: 'ignore', PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  });
  if (result.status === 0) return;
  throw buildStepFailed("packages of the archive's python cannot be replaced", 'see the output above', {
    status: result.status,
    stderrTail: result.stderrTail,
  });
}

async function installReport(
  { toolchain }: PackRequest,
  { items }: PipReport,
  python: Python,
  session: PipSession,
  root: PackRoot,
  services: PackServices,
  own: PythonHost,
): Promise<void> {
  const cacheable = items.filter(isCacheable);
  const wheels = new Map<unknown, Wheel>(cacheable.map((item) => [item, wheelOf(item)]));
  await fetchWheels(cacheable, session, services, own);
  const rest = items.filter((item) => !isCacheable(item));
  for (const [item, wheel] of await buildWheels(rest, session, services, own)) wheels.set(item, wheel);
  // A hook may have changed the python that makes them: what is made here serves this build alone.
  const isShared = (wheel: Wheel) => existsSync(unitPath(wheel, python, session, services.cacheDir));
  const unshared = [...wheels.values()].filter((wheel) => !isShared(wheel));
  await makeUnits(unshared, python, session, services, own, services.scratchDir);

  // An archive's own packages lie where these go; a distribution's are elsewhere, and hidden by these.
  if (toolchain !== undefined) await uninstall(items, session);
  services.progress('linking pip packages');
  try {
    for (const item of items) {
      services.signal.throwIfAborted();
      const wheel = wheels.get(item);
      if (wheel === undefined) continue;
      const unit = unitPath(wheel, python, session, isShared(wheel) ? services.cacheDir : services.scratchDir);
      for (const replaced of linkTree(unit, root.layerDir, own.ids)) {
        services.log(`${item.name} replaces ${replaced} of another package`);
      }
      markInstallation(item, unit, root.layerDir, own.ids);
      await new Promise(setImmediate);
    }
  } finally {
    await rm(path.join(services.scratchDir, 'units'), { recursive: true, force: true });
  }
}
