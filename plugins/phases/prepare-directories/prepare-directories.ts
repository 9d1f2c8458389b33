import { inject, injectable } from 'tsyringe';
import { BuildRoot } from '../../../core/build/build-root.js';
import { HOST_NETWORK, type HostNetwork } from '../../../core/contracts/host-network.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import { ISOLATOR, type Isolator } from '../../../core/contracts/isolator.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { DETECTED_PLATFORM, PARSED_SPEC } from '../../../core/pipeline/results.js';
import { BASE_AHEAD, BUILD_ROOT, WORKSPACE } from '../../../core/pipeline/root-results.js';
import { LayerCache } from '../../../core/store/layer-cache.js';
import { makeDirectory, StorePaths } from '../../../core/store/store-paths.js';
import { trustHostAuthorities } from './host-authorities.js';

@injectable()
export class PrepareDirectories implements Phase {
  readonly number = 5;
  readonly id = 'prepare-directories';
  readonly title = 'Prepare Directories';
  readonly description = 'Create the runtime directory structure and the build root';

  constructor(
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(LayerCache) private readonly cache: LayerCache,
    @inject(ISOLATOR) private readonly isolator: Isolator,
    @inject(HOST_NETWORK) private readonly network: HostNetwork,
    @inject(ID_MAP) private readonly ids: IdMap,
  ) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    await makeDirectory(this.paths.runtimesOf(spec.name));
    context.progress('waiting for the base root');
    const base = await context.get(BASE_AHEAD);
    const { cache, isolator, network, ids } = this;
    const root = new BuildRoot({ cache, isolator, network, ids, workspace: context.get(WORKSPACE) }, base);
    await trustHostAuthorities(root, context.get(DETECTED_PLATFORM).adapter, network, context);
    context.set(BUILD_ROOT, root);
  }
}
