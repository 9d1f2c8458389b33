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
import { checkJavaSpec } from './check-spec.js';
import { coordinatesOf } from './coordinates.js';
import { installJars, JAR_DIR } from './install.js';
import type { JavaHost } from './java-host.js';
import { prefetchJars } from './prefetch.js';
import { planJars } from './resolve.js';
import { JAVA_KEYS } from './schema.js';
import { setUpJava } from './set-up.js';
import { smokeCommands } from './smoke.js';
import { distributionPackages, dropGlobs, JAVA_HOME, knownVersions, versionSchema } from './versions.js';

/** A JDK and its Maven libraries. */
@injectable()
export class JavaPack implements LanguagePack {
  readonly id = 'java';
  readonly title = 'Java';
  readonly programs = ['java', 'jar', 'jshell', 'keytool'];
  readonly keys = JAVA_KEYS;
  readonly versionSchema = versionSchema;
  readonly knownVersions = knownVersions;
  readonly drop = dropGlobs;

  private readonly own: JavaHost;

  constructor(@inject(HOST) host: Host, @inject(ID_MAP) ids: IdMap, @inject(HOST_NETWORK) network: HostNetwork) {
    this.own = { host, ids, network };
  }

  checkSpec(request: PackRequest) {
    return checkJavaSpec(request);
  }

  distributionPackages(request: PackRequest, family: string) {
    return distributionPackages(request, family);
  }

  plan(request: PackRequest, services: PackServices): Promise<PackPlan> {
    return planJars(request, services, this.own);
  }

  prefetch(request: PackRequest, plan: PackPlan, services: PackServices): Promise<void> {
    return prefetchJars(request, plan, services, this.own);
  }

  setUp(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
    return setUpJava(request, root, services, this.own);
  }

  install(
    request: PackRequest,
    plan: PackPlan,
    root: PackRoot,
    services: PackServices,
  ): Promise<readonly LanguagePackage[]> {
    return installJars(request, plan, root, services, this.own);
  }

  /** CLASSPATH takes the place of the working directory, which is java's default: so it is named too. */
  environment(request: PackRequest): Readonly<Record<string, string>> {
    return { JAVA_HOME, ...(coordinatesOf(request).length > 0 ? { CLASSPATH: `.:${JAR_DIR}/*` } : {}) };
  }

  smokeTest(request: PackRequest, packages: readonly LanguagePackage[]) {
    return smokeCommands(request, packages);
  }
}
