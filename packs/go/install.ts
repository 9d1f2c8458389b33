import type {
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../core/contracts/language-pack.js';
import { goError } from './go-failure.js';
import type { GoHost } from './go-host.js';
import { CACHE, withGoSession } from './go-session.js';
import { languagePackages } from './module-list.js';
import { modulesOf } from './module-query.js';
import { readPlanData } from './plan-data.js';
import { resolveModules } from './resolve.js';
import { PROXY } from './versions.js';

/**
 * Copies the modules of the project out of what was fetched, checked by go.sum, into a directory that serves as a module proxy. The
 * programs among them are compiled from there.
 */
const INSTALL = `set -e
export GOPROXY=file://${CACHE}/cache/download GOSUMDB=off GONOSUMCHECK=1 GONOSUMDB='*' GOPRIVATE= GONOPROXY= GOMODCACHE=$PWD/fresh
go mod download -json all > modules
rm -rf ${PROXY}
mkdir -p ${PROXY} /usr/local/bin
cp -R fresh/cache/download/. ${PROXY}
rm -rf ${PROXY}/sumdb
find ${PROXY} -name '*.lock' -delete
for one; do GOBIN=/usr/local/bin go install -mod=mod "$one"; done`;

/** Puts the plan's modules into the root; a deferred plan is resolved now, by the go of the build root. */
export async function installModules(
  request: PackRequest,
  plan: PackPlan,
  root: PackRoot,
  services: PackServices,
  own: GoHost,
): Promise<readonly LanguagePackage[]> {
  const list = modulesOf(request);
  if (list.length === 0) return [];
  const project = readPlanData(plan.data) ?? (await resolveModules(request, root.runner, services, own)).plan;
  services.progress(`installing ${list.length === 1 ? '1 Go module' : `${list.length} Go modules`}`);
  const files = { 'go.mod': project.goMod, 'go.sum': project.goSum, modules: '' };
  return await withGoSession(request, files, root.runner, services, own, async ({ script, read }) => {
    const result = await script(INSTALL, project.commands);
    if (result.status !== 0) throw goError(result, list);
    return languagePackages(read('modules'));
  });
}
