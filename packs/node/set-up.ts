import { fileURLToPath } from 'node:url';
import type { PackRequest, PackRoot, PackServices } from '../../core/contracts/language-pack.js';
import { buildStepFailed } from '../../core/pack-kit.js';
import { ARCHIVE_HOME, NPM_HOME } from './versions.js';

const ASSEMBLE = '/tmp/joblet-assemble-npm.cjs';

/** Puts the programs of an archive on PATH. Its headers stay: addons are compiled with them. */
const LINK_ARCHIVE = `
rm -rf ${ARCHIVE_HOME}/share ${ARCHIVE_HOME}/CHANGELOG.md ${ARCHIVE_HOME}/lib/node_modules/npm/docs ${ARCHIVE_HOME}/lib/node_modules/npm/man
for program in node npm npx corepack; do
  [ -e ${ARCHIVE_HOME}/bin/$program ] && ln -sfn ${ARCHIVE_HOME}/bin/$program /usr/local/bin/$program
done
node --version && npm --version`;

/** Debian has npm in many packages, others in one that stays as it is. */
const ASSEMBLE_NPM = `
[ -d /usr/share/nodejs/npm ] || exit 0
node ${ASSEMBLE} /usr/share/nodejs/npm ${NPM_HOME}
for program in npm npx; do
  ln -sfn ${NPM_HOME}/node_modules/npm/bin/$program-cli.js /usr/local/bin/$program
done
/usr/local/bin/npm --version`;

/** `node`, `npm` and `npx` on PATH, with what they need and no more. */
export async function setUpNode(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
  services.progress('making npm ready');
  const text = request.toolchain === undefined ? ASSEMBLE_NPM : LINK_ARCHIVE;
  const result = await root.runner.run({
    args: ['/bin/sh', '-c', `set -e\numask 022\nmkdir -p /usr/local/bin\n${text}`],
    binds: [{ hostPath: fileURLToPath(new URL('./assemble-npm.cjs', import.meta.url)), rootPath: ASSEMBLE }],
  });
  if (result.status === 0) return;
  throw buildStepFailed(
    'node cannot be set up',
    result.stderrTail.trim().split('\n').at(-1) || 'see the output above',
    {
      status: result.status,
      stderrTail: result.stderrTail,
    },
  );
}
