import { inject, injectAll, injectable } from 'tsyringe';
import { makeRootTmp } from '../../../core/build/build-root.js';
import { makeBase, makeToolRoot } from '../../../core/build/cached-roots.js';
import { makePackServices } from '../../../core/build/pack-services.js';
import { RootRunner } from '../../../core/build/root-runner.js';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import { CONFIGURATION, type Configuration } from '../../../core/contracts/configuration.js';
import { HOST_NETWORK, type HostNetwork } from '../../../core/contracts/host-network.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import { ISOLATOR, type Isolator } from '../../../core/contracts/isolator.js';
import { type LanguagePack, PACK, type PackRequest } from '../../../core/contracts/language-pack.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { PackagePlan } from '../../../core/contracts/platform-adapter.js';
import { TOOLCHAIN_SOURCE, type ToolchainSource } from '../../../core/contracts/toolchain-source.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { BUILD_PLAN, DETECTED_PLATFORM, PARSED_SPEC, type PlannedPack } from '../../../core/pipeline/results.js';
import { BASE_AHEAD, PREFETCH_AHEAD, WORKSPACE } from '../../../core/pipeline/root-results.js';
import { packRequests } from '../../../core/spec/pack-requests.js';
import { LayerCache } from '../../../core/store/layer-cache.js';
import { StorePaths } from '../../../core/store/store-paths.js';
import { sourcesToAsk } from '../../../core/toolchains/source-order.js';
import { planLanguage } from './language-plan.js';

@injectable()
export class ValidatePackages implements Phase {
  readonly number = 4;
  readonly id = 'validate-packages';
  readonly title = 'Validate Packages';
  readonly description = 'Verify that packages are available; resolve all of them to exact versions';

  constructor(
    @injectAll(PACK) private readonly packs: readonly LanguagePack[],
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(LayerCache) private readonly layers: LayerCache,
    @inject(ISOLATOR) private readonly isolator: Isolator,
    @inject(HOST_NETWORK) private readonly network: HostNetwork,
    @inject(ID_MAP) private readonly ids: IdMap,
    @injectAll(TOOLCHAIN_SOURCE) private readonly sources: readonly ToolchainSource[],
    @inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    const platform = context.get(DETECTED_PLATFORM);
    const requests = packRequests(spec, this.packs);
    await this.isolator.check();
    context.progress('resolving distribution packages');
    const { info, adapter } = platform;
    const config = await this.configuration.load();
    const sources = sourcesToAsk(this.sources, spec.base.language, adapter.suites(info), config, spec.base.sources);
    const language = await planLanguage(requests, sources, platform, spec, context);
    const { packages: distribution, from, toolchain } = language;
    context.startAhead(BASE_AHEAD, (services) =>
      makeBase(this.layers, platform, distribution, this.ids, context.get(WORKSPACE), services),
    );

    const tools = await this.toolRunner(context, distribution);
    const planned: PlannedPack[] = [];
    for (const { pack, request: asked } of requests) {
      const request: PackRequest = asked.role === 'base' && toolchain !== undefined ? { ...asked, toolchain } : asked;
      const services = await makePackServices(context, this.paths, pack.id, tools);
      context.progress(`resolving ${pack.title} packages`);
      planned.push({ pack, request, plan: await pack.plan(request, services) });
    }
    const extra = planned.flatMap((part) => part.plan.extraBuild);
    const { packages } =
      extra.length === 0
        ? language
        : await planLanguage(requests, from === undefined ? sources : [from], platform, spec, context, extra);
    context.set(BUILD_PLAN, {
      packages,
      packs: planned,
      ...(from === undefined ? {} : { source: from.source.id }),
      ...(toolchain === undefined ? {} : { toolchain }),
    });
    context.startAhead(PREFETCH_AHEAD, () => this.prefetch(context, planned, tools));
    context.progress(summary(packages, planned));
  }

  /** Fetching needs no root, so it goes on while the base and the language are installed. */
  private async prefetch(
    context: BuildContext,
    planned: readonly PlannedPack[],
    tools: CommandRunner | undefined,
  ): Promise<void> {
    for (const { pack, request, plan } of planned) {
      if (plan.deferred === undefined)
        await pack.prefetch?.(request, plan, await makePackServices(context, this.paths, pack.id, tools));
    }
  }

  private async toolRunner(context: BuildContext, plan: PackagePlan): Promise<CommandRunner | undefined> {
    if (plan.tools.length === 0) return undefined;
    const workspace = context.get(WORKSPACE);
    const root = await makeToolRoot(this.layers, context.get(DETECTED_PLATFORM), plan, this.ids, workspace, context);
    return new RootRunner({
      isolator: this.isolator,
      network: this.network,
      root: { kind: 'directory', hostPath: root.dir, writable: false },
      services: context,
      tmp: { hostPath: await makeRootTmp(workspace, this.ids), rootPath: '/tmp', writable: true },
    });
  }
}

function summary(packages: PackagePlan, planned: readonly PlannedPack[]): string {
  const language = planned.reduce((count, part) => count + part.plan.packages.length, 0);
  return `${packages.base.length + packages.build.length} distribution packages of ${packages.release}, ${language} language packages`;
}
