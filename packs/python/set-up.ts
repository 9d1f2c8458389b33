import type { PackRequest, PackRoot, PackServices } from '../../core/contracts/language-pack.js';
import { buildStepFailed } from '../../core/pack-kit.js';
import { script } from './scripts.js';
import { ARCHIVE_BIN, interpreter } from './versions.js';

/** $1 where the archive's programs are, $2 its python, $3 what is run with it. */
const LINK_ARCHIVE = 'mkdir -p /usr/local/bin && ln -sfn "$1/$2" "/usr/local/bin/$2" && exec "$1/$2" "$3"';

/** `python`, `python3`, `pip` and `pip3` become the runtime's own python. */
export async function setUpPython(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
  const python = interpreter(request);
  services.progress(`making ${python} the python of the runtime`);
  const setUp = script('set-up.py');
  const result = await root.runner.run({
    args:
      request.toolchain === undefined
        ? [python, setUp.rootPath]
        : ['/bin/sh', '-c', LINK_ARCHIVE, 'link-archive', ARCHIVE_BIN, python, setUp.rootPath],
    binds: [setUp],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (result.status !== 0) {
    throw buildStepFailed(
      `${python} cannot be set up`,
      result.stderrTail.trim().split('\n').at(-1) || 'see the output above',
      {
        status: result.status,
        stderrTail: result.stderrTail,
      },
    );
  }
}
