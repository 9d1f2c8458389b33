import { inject, injectable } from 'tsyringe';
import { HOST, type Host } from '../../core/contracts/host.js';
import { HOST_NETWORK, type HostNetwork } from '../../core/contracts/host-network.js';
import { ID_MAP, type IdMap } from '../../core/contracts/id-map.js';
import type {
  LanguagePack,
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../core/contracts/language-pack.js';
import { checkNodeSpec } from './check-spec.js';
import { hookAccess } from './hook-access.js';
import { installPackages } from './install.js';
import type { NodeHost } from './node-host.js';
import { prefetchPackages } from './prefetch.js';
import { planPackages } from './resolve.js';
import { NODE_KEYS } from './schema.js';
import { setUpNode } from './set-up.js';
import { smokeCommands } from './smoke.js';
import { distributionPackages, dropGlobs, knownVersions, versionSchema } from './versions.js';

/** Node.js and its npm packages. */
@injectable()
export class NodePack implements LanguagePack {
  readonly id = 'node';
  readonly title = 'Node.js';
  readonly programs = ['node', 'npm', 'npx'];
  readonly keys = NODE_KEYS;
  readonly versionSchema = versionSchema;
  readonly knownVersions = knownVersions;
  readonly drop = dropGlobs;

  private readonly own: NodeHost;

  constructor(@inject(HOST) host: Host, @inject(ID_MAP) ids: IdMap, @inject(HOST_NETWORK) network: HostNetwork) {
    this.own = { host, ids, network };
  }

  checkSpec(request: PackRequest) {
    return checkNodeSpec(request);
  }

  distributionPackages(request: PackRequest, family: string) {
    return distributionPackages(request, family);
  }

  plan(request: PackRequest, services: PackServices): Promise<PackPlan> {
    return planPackages(request, services, this.own);
  }

  prefetch(request: PackRequest, plan: PackPlan, services: PackServices): Promise<void> {
    return prefetchPackages(request, plan, services, this.own);
  }

  hookAccess(_request: PackRequest, services: PackServices) {
    return hookAccess(services, this.own);
  }

  setUp(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
    return setUpNode(request, root, services);
  }

  install(
    request: PackRequest,
    plan: PackPlan,
    root: PackRoot,
    services: PackServices,
  ): Promise<readonly LanguagePackage[]> {
    return installPackages(request, plan, root, services, this.own);
  }

  environment(): Readonly<Record<string, string>> {
    return {};
  }

  smokeTest(request: PackRequest, packages: readonly LanguagePackage[]) {
    return smokeCommands(request, packages);
  }
}
