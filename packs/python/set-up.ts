import type { PackRequest, PackRoot, PackServices } from '../../core/contracts/language-pack.js';
import { buildStepFailed } from '../../core/pack-kit.js';
import { script } from './scripts.js';
import { interpreter } from './versions.js';

/** `python`, `python3`, `pip` and `pip3` become the runtime's own python. */
export async function setUpPython(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
  const python = interpreter(request);
  services.progress(`making ${python} the python of the runtime`);
  const setUp = script('set-up.py');
  const result = await root.runner.run({
    args: [python, setUp.rootPath],
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
