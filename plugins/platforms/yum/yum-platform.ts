import { existsSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { completeRoot } from '../../../core/build/root-skeleton.js';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import { HOST, type Host } from '../../../core/contracts/host.js';
import type { NetworkAccess } from '../../../core/contracts/host-network.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type { Bind } from '../../../core/contracts/isolator.js';
import type {
  AuthorityPaths,
  AvailablePackages,
  BuildServices,
  DistributionPackage,
  MissingPackage,
  PackageOwnership,
  PackagePlan,
  PackageQuery,
  PackageResolution,
  PlatformAdapter,
  PlatformInfo,
  Suite,
} from '../../../core/contracts/platform-adapter.js';
import { STORE_ROOT } from '../../../core/contracts/store-root.js';
import { token } from '../../../core/contracts/token.js';
import { shiftOwners } from '../../../core/files/shift-owners.js';
import { suggest } from '../../../core/spec/suggest.js';
import { ArchiveCache } from './archive-cache.js';
import { detect, rpmArchitecture } from './detect.js';
import { type DnfSettings, dnfAvailable, dnfNames } from './dnf.js';
import { installByName, installExact } from './install.js';
import { readOwnership } from './ownership.js';
import { resolveQuery } from './resolve.js';
import { installRoot, unpackRoot } from './rpm-root.js';

/** Where the host says what it is and where its packages come from; tests give files of their own. */
export interface YumHost {
  /** os-release(5). */
  readonly osRelease: string;
  /** dnf.conf(5); need not be there. */
  readonly config: string;
  /** Directories of `.repo` files. @default what dnf has: /etc/yum.repos.d and others */
  readonly repositories?: readonly string[];
}

export const YUM_HOST = token<YumHost>('yum-host');

const INDEX_MAX_AGE_SECONDS = 600;
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];
/** What a hook's dnf reads, and the keys that its files name. */
const HOST_FILES = ['/etc/yum.repos.d', '/etc/pki/rpm-gpg'];

/** Distributions with rpm and dnf. Packages come from the host's own repositories, checked with the keys that these name. */
@injectable()
export class YumPlatform implements PlatformAdapter {
  readonly family = 'yum';
  readonly authorities: AuthorityPaths = {
    bundle: '/etc/pki/tls/certs/ca-bundle.crt',
    extraDir: '/etc/pki/ca-trust/source/anchors',
    opensslFile: '/etc/pki/tls/cert.pem',
    singles: ['/etc/pki/ca-trust/source/anchors'],
  };
  readonly #archives: ArchiveCache;
  readonly #cache: string;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ID_MAP) private readonly idMap: IdMap,
    @inject(STORE_ROOT) storeRoot: string,
    @inject(YUM_HOST) private readonly files: YumHost,
  ) {
    this.#archives = new ArchiveCache(path.join(storeRoot, 'cache/downloads/yum'));
    this.#cache = path.join(storeRoot, 'cache/yum');
  }

  detect(): Promise<PlatformInfo | undefined> {
    return detect(this.files.osRelease);
  }

  /** The host's repositories are of one release. */
  suites(platform: PlatformInfo): readonly Suite[] {
    return [{ id: platform.release, source: 'distribution' }];
  }

  available(
    platform: PlatformInfo,
    _suite: string,
    names: readonly string[],
    services: BuildServices,
  ): Promise<AvailablePackages> {
    return dnfAvailable(this.#settings(platform), names, services);
  }

  async resolve(platform: PlatformInfo, query: PackageQuery, services: BuildServices): Promise<PackageResolution> {
    if (query.suites !== undefined && !query.suites.includes(platform.release)) {
      return { kind: 'missing', missing: [], releasesTried: [] };
    }
    const settings = this.#settings(platform);
    const result = await resolveQuery(settings, query, services);
    if (result.kind === 'planned') return result;
    const known = await dnfNames(settings, services);
    const missing = result.names.map((name): MissingPackage => {
      const nearest = suggest(name, known);
      return nearest === undefined ? { name } : { name, nearest };
    });
    return { kind: 'missing', missing, releasesTried: [platform.release] };
  }

  async bootstrap(
    platform: PlatformInfo,
    plan: PackagePlan,
    directory: string,
    services: BuildServices,
  ): Promise<void> {
    await this.#archives.fetch(this.#settings(platform), plan.base, services);
    services.progress(`installing ${plan.base.length} packages of ${platform.distribution} ${plan.release}`);
    await installRoot(this.#rootRequest(platform, plan.base, directory, services));
    completeRoot(directory);
    shiftOwners(directory, this.idMap);
  }

  async unpackToolRoot(
    platform: PlatformInfo,
    plan: PackagePlan,
    directory: string,
    services: BuildServices,
  ): Promise<void> {
    await this.#archives.fetch(this.#settings(platform), plan.tools, services);
    services.progress(`unpacking ${plan.tools.length} packages for the tools`);
    await unpackRoot(this.#rootRequest(platform, plan.tools, directory, services));
    completeRoot(directory);
    shiftOwners(directory, this.idMap);
  }

  async hookAccess(): Promise<NetworkAccess> {
    const binds = HOST_FILES.filter((file) => existsSync(file)).map(
      (file): Bind => ({ hostPath: file, rootPath: file }),
    );
    return { env: {}, binds, secrets: [] };
  }

  async install(
    platform: PlatformInfo,
    runner: CommandRunner,
    packages: { readonly names: readonly string[]; readonly exact?: readonly DistributionPackage[] },
    services: BuildServices,
  ): Promise<void> {
    const exact = packages.exact ?? [];
    await this.#archives.fetch(this.#settings(platform), exact, services);
    const planned = new Set(exact.map(({ name }) => name));
    const names = packages.names.filter((name) => !planned.has(name));
    const directory = (await services.scratch?.('packages')) ?? mkdtempSync(path.join(this.#cache, 'packages-'));
    const request = { runner, idMap: this.idMap, services, directory };
    await installExact(request, exact, this.#archives);
    await installByName(request, exact.length > 0 ? [] : names, await this.hookAccess());
  }

  ownership(runner: CommandRunner, runtimeNames: readonly string[]): Promise<PackageOwnership> {
    return readOwnership(runner, runtimeNames);
  }

  #rootRequest(
    platform: PlatformInfo,
    packages: readonly DistributionPackage[],
    directory: string,
    services: BuildServices,
  ) {
    return { platform, packages, archives: this.#archives, directory, cache: this.#cache, services };
  }

  #settings(platform: PlatformInfo): DnfSettings {
    const { config, repositories } = this.files;
    const names = PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]);
    const env = names.flatMap((name): [string, string][] => {
      const value = this.host.env[name];
      return value ? [[name, value]] : [];
    });
    return {
      ...(existsSync(config) ? { config } : {}),
      ...(repositories === undefined ? {} : { repositories }),
      cache: path.join(this.#cache, `${platform.release}-${platform.architecture}`),
      keyring: path.join(this.#cache, `keys-${platform.release}-${platform.architecture}`),
      release: platform.release,
      architecture: rpmArchitecture(platform.architecture),
      maxAgeSeconds: INDEX_MAX_AGE_SECONDS,
      env: Object.fromEntries(env),
    };
  }
}
