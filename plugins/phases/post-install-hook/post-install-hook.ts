import { inject, injectable } from 'tsyringe';
import { runHook } from '../../../core/build/hook.js';
import { hookAccess } from '../../../core/build/hook-access.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { HOOK_NONCE } from '../../../core/pipeline/hook-nonce.js';
import { DETECTED_PLATFORM, PARSED_SPEC } from '../../../core/pipeline/results.js';
import { BUILD_ROOT } from '../../../core/pipeline/root-results.js';
import { StorePaths } from '../../../core/store/store-paths.js';

@injectable()
export class PostInstallHook implements Phase {
  readonly number = 9;
  readonly id = 'post-install-hook';
  readonly title = 'Post-install Hook';
  readonly description = 'Run the post-install script (if defined), when all packages are there';

  constructor(
    @inject(ID_MAP) private readonly ids: IdMap,
    @inject(StorePaths) private readonly paths: StorePaths,
  ) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    const script = spec.hooks.postInstall;
    if (script === undefined) return context.progress('none defined');
    await runHook(
      context.get(BUILD_ROOT),
      {
        name: 'post-install',
        script,
        spec,
        platform: context.get(DETECTED_PLATFORM).info,
        ids: this.ids,
        nonce: context.find(HOOK_NONCE) ?? null,
        access: () => hookAccess(context, this.paths),
        hintFor: () => 'its output is above; run with -v to see all of it',
      },
      context,
    );
  }
}
