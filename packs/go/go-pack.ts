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
import { checkGoSpec } from './check-spec.js';
import type { GoHost } from './go-host.js';
import { hookAccess } from './hook-access.js';
import { installModules } from './install.js';
import { modulesOf } from './module-query.js';
import { prefetchModules } from './prefetch.js';
import { planModules } from './resolve.js';
import { GO_KEYS } from './schema.js';
import { setUpGo } from './set-up.js';
import { smokeCommands } from './smoke.js';
import { distributionPackages, dropGlobs, knownVersions, PROXY, versionSchema } from './versions.js';

/** Go and its modules. */
@injectable()
export class GoPack implements LanguagePack {
  readonly id = 'go';
  readonly title = 'Go';
  readonly programs = ['go', 'gofmt'];
  readonly keys = GO_KEYS;
  readonly versionSchema = versionSchema;
  readonly knownVersions = knownVersions;
  readonly drop = dropGlobs;

  private readonly own: GoHost;

  constructor(@inject(HOST) host: Host, @inject(ID_MAP) ids: IdMap, @inject(HOST_NETWORK) network: HostNetwork) {
    this.own = { host, ids, network };
  }

  checkSpec(request: PackRequest) {
    return checkGoSpec(request);
  }

  distributionPackages(request: PackRequest, family: string) {
    return distributionPackages(request, family);
  }

  plan(request: PackRequest, services: PackServices): Promise<PackPlan> {
    return planModules(request, services, this.own);
  }

  prefetch(request: PackRequest, plan: PackPlan, services: PackServices): Promise<void> {
    return prefetchModules(request, plan, services, this.own);
  }

  hookAccess(_request: PackRequest, services: PackServices) {
    return hookAccess(services, this.own);
  }

  setUp(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
    return setUpGo(request, root, services);
  }

  install(
    request: PackRequest,
    plan: PackPlan,
    root: PackRoot,
    services: PackServices,
  ): Promise<readonly LanguagePackage[]> {
    return installModules(request, plan, root, services, this.own);
  }

  /**
   * A job builds with the toolchain that it has, finds the modules of the runtime without a network, and takes the compiled standard
   * library. What is in the runtime was checked when it was built; the checksum database cannot be asked without a network.
   */
  environment(request: PackRequest): Readonly<Record<string, string>> {
    return {
      GOTOOLCHAIN: 'local',
      GODEBUG: 'installgoroot=all',
      ...(modulesOf(request).length === 0
        ? {}
        : { GOPROXY: `file://${PROXY},https://proxy.golang.org,direct`, GOSUMDB: 'off' }),
    };
  }

  smokeTest(request: PackRequest, packages: readonly LanguagePackage[]) {
    return smokeCommands(request, packages);
  }
}
