import type { PackRequest, PackRoot, PackServices } from '../../core/contracts/language-pack.js';
import { buildStepFailed } from '../../core/pack-kit.js';
import { ARCHIVE_HOME } from './versions.js';

const SET_UP = `set -e
mkdir -p /usr/local/bin
for program in ${ARCHIVE_HOME}/bin/*; do
  ln -sfn "$program" "/usr/local/bin/\${program##*/}"
done
rustc --version
cargo --version`;

/** Puts the programs of an archive on PATH; those of packages are there. */
export async function setUpRust(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
  if (request.toolchain === undefined) return;
  services.progress('making the archive the rust of the runtime');
  const result = await root.runner.run({ args: ['/bin/sh', '-c', SET_UP] });
  if (result.status === 0) return;
  throw buildStepFailed(
    'rust cannot be set up',
    result.stderrTail.trim().split('\n').at(-1) || 'see the output above',
    { status: result.status, stderrTail: result.stderrTail },
  );
}
