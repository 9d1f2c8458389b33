import { inject, injectable } from 'tsyringe';
import { HOST, type Host } from '../../core/contracts/host.js';
import { ID_MAP, type IdMap } from '../../core/contracts/id-map.js';
import type {
  LanguagePack,
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../core/contracts/language-pack.js';
import { checkRustSpec } from './check-spec.js';
import { hookAccess } from './hook-access.js';
import { installCrates } from './install.js';
import { prefetchCrates } from './prefetch.js';
import { planCrates } from './resolve.js';
import type { RustHost } from './rust-host.js';
import { RUST_KEYS } from './schema.js';
import { setUpRust } from './set-up.js';
import { smokeCommands } from './smoke.js';
import { distributionPackages, dropGlobs, keepGlobs, knownVersions, versionSchema } from './versions.js';

/** Rust with cargo, and crates. */
@injectable()
export class RustPack implements LanguagePack {
  readonly id = 'rust';
  readonly title = 'Rust';
  readonly programs = ['rustc', 'cargo'];
  readonly keys = RUST_KEYS;
  readonly versionSchema = versionSchema;
  readonly knownVersions = knownVersions;
  readonly drop = dropGlobs;
  readonly keep = keepGlobs;

  private readonly own: RustHost;

  constructor(@inject(HOST) host: Host, @inject(ID_MAP) ids: IdMap) {
    this.own = { host, ids };
  }

  checkSpec(request: PackRequest) {
    return checkRustSpec(request);
  }

  distributionPackages(request: PackRequest, family: string) {
    return distributionPackages(request, family);
  }

  plan(request: PackRequest, services: PackServices): Promise<PackPlan> {
    return planCrates(request, services, this.own);
  }

  prefetch(request: PackRequest, plan: PackPlan, services: PackServices): Promise<void> {
    return prefetchCrates(request, plan, services, this.own);
  }

  hookAccess(_request: PackRequest, services: PackServices) {
    return hookAccess(services, this.own);
  }

  setUp(request: PackRequest, root: PackRoot, services: PackServices): Promise<void> {
    return setUpRust(request, root, services);
  }

  install(
    request: PackRequest,
    plan: PackPlan,
    root: PackRoot,
    services: PackServices,
  ): Promise<readonly LanguagePackage[]> {
    return installCrates(request, plan, root, services, this.own);
  }

  environment(): Readonly<Record<string, string>> {
    return {};
  }

  smokeTest(request: PackRequest, packages: readonly LanguagePackage[]) {
    return smokeCommands(request, packages);
  }
}
