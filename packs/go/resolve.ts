import type { CommandRunner } from '../../core/contracts/command-runner.js';
import type { LanguagePackage, PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { goError } from './go-failure.js';
import type { GoHost } from './go-host.js';
import { withGoSession } from './go-session.js';
import { languagePackages } from './module-list.js';
import { modulesOf, queriesOf } from './module-query.js';
import { type ModulePlan, planData } from './plan-data.js';

/** Entries of `go` to exact modules, before anything is built. Deferred where only the build root can tell. */
export async function planModules(request: PackRequest, services: PackServices, own: GoHost): Promise<PackPlan> {
  if (modulesOf(request).length === 0) return { packages: [], extraBuild: [], data: null };
  if (request.toolchain !== undefined) return deferred('its go is an archive, unpacked in the build root');
  if (services.tools === undefined) return deferred('a pre-install hook may change where go comes from');
  const { plan, packages } = await resolveModules(request, services.tools, services, own);
  return { packages, extraBuild: [], data: planData(plan) };
}

function deferred(reason: string): PackPlan {
  return { packages: [], extraBuild: [], deferred: reason, data: null };
}

/**
 * Lets go, in the root behind `runner`, choose versions for all entries together and fetch them, with all that they need. Which
 * entries are programs is known once they are there.
 */
const RESOLVE = `set -e
go get -d "$@" >&2
for one; do
  one=\${one%@*}
  [ "$(go list -mod=mod -f '{{.Name}}' "$one" 2>/dev/null)" = main ] && echo "$one" >> commands
done
go mod download -json all > modules`;

export async function resolveModules(
  request: PackRequest,
  runner: CommandRunner,
  services: PackServices,
  own: GoHost,
): Promise<{ readonly plan: ModulePlan; readonly packages: readonly LanguagePackage[] }> {
  const list = modulesOf(request);
  services.progress(`resolving ${list.length === 1 ? '1 Go module' : `${list.length} Go modules`}`);
  const files = { 'go.mod': 'module runtime\n', 'go.sum': '', commands: '', modules: '' };
  return await withGoSession(request, files, runner, services, own, async ({ script, read }) => {
    const queries = queriesOf(request).map(({ path, version }) => `${path}@${version}`);
    const result = await script(RESOLVE, queries);
    if (result.status !== 0) throw goError(result, list);
    const commands = read('commands').split('\n').filter(Boolean);
    return {
      plan: { goMod: read('go.mod'), goSum: read('go.sum'), commands },
      packages: languagePackages(read('modules')),
    };
  });
}
