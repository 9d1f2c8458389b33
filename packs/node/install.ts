import { fileURLToPath } from 'node:url';
import type {
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../core/contracts/language-pack.js';
import { readLockFile } from './lock-file.js';
import type { NodeHost } from './node-host.js';
import { npmError } from './npm-failure.js';
import { PROJECT, withNpmSession } from './npm-session.js';
import { packagesOf } from './package-spec.js';
import { resolveLock } from './resolve.js';
import { ARCHIVE_HOME, MODULES } from './versions.js';

const LINK_PROGRAM = '/tmp/joblet-link-programs.cjs';

/**
 * Packages lie where npm keeps global ones, as one tree, and `/node_modules` leads there: what is in any directory finds them by
 * `require` and by `import`. `run-scripts` is made where packages have scripts, or addons to compile.
 */
const INSTALL = `set -e
umask 022
home=$(dirname ${MODULES})
mkdir -p "$home" /usr/local/bin
cp package.json package-lock.json "$home"
cd "$home"
npm ci --ignore-scripts --prefer-offline
cp ${MODULES}/.package-lock.json ${PROJECT}/installed.json
node ${LINK_PROGRAM} ${MODULES} /usr/local/bin ${PROJECT}/package.json
rm package.json package-lock.json
ln -sfn ${MODULES} /node_modules
if grep -q '"hasInstallScript": true' ${MODULES}/.package-lock.json || [ -n "$(find ${MODULES} -name binding.gyp)" ]; then
  touch ${PROJECT}/run-scripts
fi`;

/**
 * Addons are compiled with the headers of this very node, and nothing is fetched for that. Newer npms run scripts only of packages that a
 * project has approved: here, they run where nothing of the host can be had.
 */
const RUN_SCRIPTS = `umask 022
for headers in ${ARCHIVE_HOME} /usr; do
  [ -d $headers/include/node ] || continue
  export npm_config_nodedir=$headers npm_package_config_node_gyp_nodedir=$headers
  break
done
export npm_config_dangerously_allow_all_scripts=true
cd "$(dirname ${MODULES})" && npm rebuild --foreground-scripts`;

/** Installs the plan's lock file; a deferred plan is resolved now, by the npm of the build root. */
export async function installPackages(
  request: PackRequest,
  plan: PackPlan,
  root: PackRoot,
  services: PackServices,
  own: NodeHost,
): Promise<readonly LanguagePackage[]> {
  const list = packagesOf(request);
  if (list.length === 0) return [];
  const lock = typeof plan.data === 'string' ? plan.data : (await resolveLock(list, root.runner, services, own)).lock;
  services.progress(`installing ${list.length === 1 ? '1 npm package' : `${list.length} npm packages`}`);
  return await withNpmSession({ list, lock }, root.runner, services, own, async ({ script, strangers, read, has }) => {
    const program = fileURLToPath(new URL('./link-programs.cjs', import.meta.url));
    const result = await script(INSTALL, [{ hostPath: program, rootPath: LINK_PROGRAM }]);
    if (result.status !== 0) throw npmError(result, list);
    if (has('run-scripts')) {
      services.progress('running what npm packages run when they are installed');
      const ran = await strangers(RUN_SCRIPTS);
      if (ran.status !== 0) throw npmError(ran, list);
    }
    return readLockFile(read('installed.json'), services.platform.architecture).packages;
  });
}
