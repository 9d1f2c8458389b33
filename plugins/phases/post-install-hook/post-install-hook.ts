import { inject, injectable } from 'tsyringe';
import { runSpecHook } from '../../../core/build/spec-hook.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { PARSED_SPEC } from '../../../core/pipeline/results.js';
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
    const script = context.get(PARSED_SPEC).spec.hooks.postInstall;
    await runSpecHook(context, { name: 'post-install', script }, this.ids, this.paths);
  }
}
