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
import { checkPythonSpec } from './check-spec.js';
import { installPackages } from './install.js';
import { hookAccess, type PythonHost, requirementsOf } from './pip-session.js';
import { prefetchPackages } from './prefetch.js';
import { planPackages } from './resolve.js';
import { PYTHON_KEYS } from './schema.js';
import { setUpPython } from './set-up.js';
import { smokeCommands } from './smoke.js';
import { ARCHIVE_BIN, distributionPackages, dropGlobs, knownVersions, versionSchema } from './versions.js';

/** Python and its pip packages. */
@injectable()
export class PythonPack implements LanguagePack {
  readonly id = 'python';
  readonly title = 'Python';
  readonly programs = ['python', 'pip'];
  readonly keys = PYTHON_KEYS;
  readonly versionSchema = versionSchema;
  readonly knownVersions = knownVersions;
  readonly drop = dropGlobs;

  private readonly own: PythonHost;

  constructor(@inject(HOST) host: Host, @inject(ID_MAP) ids: IdMap, @inject(HOST_NETWORK) network: HostNetwork) {
    this.own = { host, ids, network };
  }

  checkSpec(request: PackRequest) {
    return checkPythonSpec(request);
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

  hookAccess(request: PackRequest, services: PackServices) {
    return hookAccess(request, services, this.own);
  }

  setUp(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
    return setUpPython(request, root, services);
  }

  install(
    request: PackRequest,
    plan: PackPlan,
    root: PackRoot,
    services: PackServices,
  ): Promise<readonly LanguagePackage[]> {
    return installPackages(request, plan, root, services, this.own);
  }

  /** Commands of packages lie beside an archive's python. matplotlib keeps a cache of fonts; it warns at every import when its default place cannot be written. */
  environment(request: PackRequest): Readonly<Record<string, string>> {
    return {
      ...(request.toolchain === undefined ? {} : { PATH: `${ARCHIVE_BIN}:/usr/local/bin:/usr/bin:/bin` }),
      ...(requirementsOf(request).length > 0 ? { MPLCONFIGDIR: '/tmp/matplotlib' } : {}),
    };
  }

  smokeTest(request: PackRequest, packages: readonly LanguagePackage[]) {
    return smokeCommands(request, packages);
  }
}
