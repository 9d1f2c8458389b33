import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { inject, injectable } from 'tsyringe';
import { completeRoot, makeMergedUsr } from '../../../core/build/root-skeleton.js';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import { CONFIGURATION, type Configuration } from '../../../core/contracts/configuration.js';
import { HOST, type Host } from '../../../core/contracts/host.js';
import type { NetworkAccess } from '../../../core/contracts/host-network.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type {
  AuthorityPaths,
  AvailablePackages,
  BuildServices,
  DistributionPackage,
  PackageOwnership,
  PackagePlan,
  PackageQuery,
  PackageResolution,
  PlatformAdapter,
  PlatformInfo,
} from '../../../core/contracts/platform-adapter.js';
import { STORE_ROOT } from '../../../core/contracts/store-root.js';
import { token } from '../../../core/contracts/token.js';
import { buildStepFailed, hostUnfit, networkFailed } from '../../../core/errors/errors.js';
import { shiftOwners } from '../../../core/files/shift-owners.js';
import { explainingFullDisk } from './apt-errors.js';
import { type AptIndex, openIndex } from './apt-index.js';
import { ArchiveCache } from './archive-cache.js';
import type { ArchiveSource } from './archive-source.js';
import { readAvailable } from './available.js';
import { baseAdditions } from './base-packages.js';
import { bootstrap } from './bootstrap.js';
import { detect } from './detect.js';
import { distributionSources } from './distribution-sources.js';
import { foreignKeyring } from './foreign-keyring.js';
import { foreignSources } from './foreign-sources.js';
import { type HostApt, readHostApt, weakenedChecks } from './host-apt.js';
import { installPackages } from './install.js';
import { readOwnership } from './ownership.js';
import {
  type Distribution,
  type DistributionSuite,
  findDistribution,
  findRelease,
  releaseOf,
  suiteOrder,
} from './releases.js';
import { nearestNames, resolveInRelease } from './resolve.js';
import { rootAptAccess } from './root-access.js';
import type { Archive } from './solve.js';
import { unpackArchives } from './tool-root.js';

/** Where os-release(5) is; tests give one of their own. */
export const OS_RELEASE_PATH = token<string>('os-release-path');

const INDEX_MAX_AGE_MS = 10 * 60 * 1000;

/** What a resolution knows about an archive that a plan does not say. */
interface Known {
  readonly archive: Archive;
  readonly index: AptIndex;
}

@injectable()
export class AptPlatform implements PlatformAdapter {
  readonly family = 'apt';
  readonly authorities: AuthorityPaths = {
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    extraDir: '/usr/local/share/ca-certificates',
    opensslFile: '/usr/lib/ssl/cert.pem',
    singles: ['/etc/ssl/certs', '/usr/share/ca-certificates', '/usr/local/share/ca-certificates'],
  };
  readonly #archives: ArchiveCache;
  readonly #indexDir: string;
  readonly #known = new Map<string, Known>();
  readonly #hostApt = new Map<string, HostApt>();

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ID_MAP) private readonly idMap: IdMap,
    @inject(STORE_ROOT) storeRoot: string,
    @inject(OS_RELEASE_PATH) private readonly osReleasePath: string,
    @inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {
    this.#archives = new ArchiveCache(join(storeRoot, 'cache/downloads/apt'));
    this.#indexDir = join(storeRoot, 'cache/apt');
  }

  detect(): Promise<PlatformInfo | undefined> {
    return detect(this.osReleasePath);
  }

  suites(platform: PlatformInfo): readonly DistributionSuite[] {
    return suiteOrder(this.#distribution(platform), platform.release);
  }

  async available(
    platform: PlatformInfo,
    suite: string,
    names: readonly string[],
    services: BuildServices,
  ): Promise<AvailablePackages | undefined> {
    const apt = await this.#readHostApt(platform, services);
    const index = await this.#openIndex(platform, this.#suite(platform, suite), apt, services);
    return index && readAvailable(index, names, services.signal);
  }

  async resolve(platform: PlatformInfo, query: PackageQuery, services: BuildServices): Promise<PackageResolution> {
    const apt = await this.#readHostApt(platform, services);
    for (const weakened of weakenedChecks(apt)) services.log(`apt on this host is told to check less: ${weakened}`);
    const tried: string[] = [];
    let best: { readonly index: AptIndex; readonly names: readonly string[] } | undefined;
    const wanted = query.suites?.map((id) => this.#suite(platform, id));
    const suites =
      wanted ?? this.suites(platform).filter(({ source }) => source === 'distribution' || source === 'releases');
    for (const suite of suites) {
      const index = await this.#openIndex(platform, suite, apt, services);
      if (index === undefined) continue;
      tried.push(suite.id);
      const result = await resolveInRelease(index, suite.distribution, query, services);
      if (result.kind === 'planned') {
        for (const archive of result.archives) this.#known.set(archive.package.hash, { archive, index });
        return { kind: 'planned', plan: result.plan };
      }
      if (best === undefined || result.names.length < best.names.length) best = { index, names: result.names };
    }
    if (best === undefined) {
      if (wanted !== undefined) return { kind: 'missing', missing: [], releasesTried: [] };
      throw this.#noSources(this.#distribution(platform), platform);
    }
    return {
      kind: 'missing',
      missing: await nearestNames(best.index, best.names, services.signal),
      releasesTried: tried,
    };
  }

  async bootstrap(
    platform: PlatformInfo,
    plan: PackagePlan,
    directory: string,
    services: BuildServices,
  ): Promise<void> {
    const { distribution } = this.#suite(platform, plan.release);
    const apt = await this.#readHostApt(platform, services);
    const { index } = this.#knowledge(plan.base);
    await this.#fetch(plan.base, services);
    // What comes after the base is fetched while dpkg is busy; whoever needs it finds it, or meets the failure itself.
    const ahead = this.#fetch([...plan.tools, ...plan.build], services).catch(() => undefined);
    const release = findRelease(distribution, releaseOf(plan.release));
    const names = new Set(plan.base.map((p) => p.name));
    const request = {
      platform,
      release,
      apt,
      index,
      packages: plan.base,
      additions: baseAdditions(release).filter((name) => names.has(name)),
      linkArchives: (target: string) => this.#archives.linkInto(plan.base, target),
      directory,
      services,
    };
    try {
      await explainingFullDisk(`bootstrapping ${plan.release}`, directory, () => bootstrap(request));
      shiftOwners(directory, this.idMap);
    } finally {
      await ahead;
    }
  }

  async unpackToolRoot(
    platform: PlatformInfo,
    plan: PackagePlan,
    directory: string,
    services: BuildServices,
  ): Promise<void> {
    await this.#fetch(plan.tools, services);
    services.progress(`unpacking ${plan.tools.length} packages for the tools`);
    makeMergedUsr(directory, platform.architecture);
    await explainingFullDisk('unpacking the tools', directory, async () => {
      await unpackArchives(plan.tools, (p) => this.#archives.path(p), directory, services);
      completeRoot(directory);
    });
    shiftOwners(directory, this.idMap);
  }

  async hookAccess(platform: PlatformInfo, services: BuildServices): Promise<NetworkAccess> {
    const apt = await this.#readHostApt(platform, services);
    return rootAptAccess(apt, await this.#scratch(services, 'apt'), this.idMap);
  }

  async install(
    platform: PlatformInfo,
    runner: CommandRunner,
    packages: { readonly names: readonly string[]; readonly exact?: readonly DistributionPackage[] },
    services: BuildServices,
  ): Promise<void> {
    const exact = packages.exact ?? [];
    const known = exact.length > 0 && exact.every((p) => this.#known.has(p.hash));
    if (known) await this.#fetch(exact, services);
    await installPackages({
      runner,
      names: packages.names,
      exact,
      services,
      idMap: this.idMap,
      scratchDir: this.#indexDir,
      ...(known
        ? { offline: { index: this.#knowledge(exact).index, archives: this.#archives } }
        : { access: await this.hookAccess(platform, services) }),
    });
  }

  ownership(runner: CommandRunner, runtimeNames: readonly string[]): Promise<PackageOwnership> {
    return readOwnership(runner, runtimeNames);
  }

  /** In the cache only for services that have no scratch directories. */
  async #scratch(services: BuildServices, name: string): Promise<string> {
    return (await services.scratch?.(name)) ?? mkdtempSync(join(this.#indexDir, `${name}-`));
  }

  async #fetch(packages: readonly DistributionPackage[], services: BuildServices): Promise<void> {
    if (packages.length === 0) return;
    const { index, archives } = this.#knowledge(packages);
    await explainingFullDisk(`fetching packages of ${index.release}`, this.#indexDir, () =>
      this.#archives.fetch(index, archives, services),
    );
  }

  /** A plan is carried out by the adapter that made it: it knows where each archive is. */
  #knowledge(packages: readonly DistributionPackage[]): { index: AptIndex; archives: readonly Archive[] } {
    const known = packages.map((p) => {
      const found = this.#known.get(p.hash);
      if (found !== undefined) return found;
      throw buildStepFailed(
        `${p.name} ${p.version} was not planned here`,
        'run the build again, so that it is planned anew',
      );
    });
    const index = known[0]?.index;
    if (index === undefined) throw buildStepFailed('the plan has no packages', 'this is a defect of joblet: report it');
    return { index, archives: known.map((k) => k.archive) };
  }

  async #readHostApt(platform: PlatformInfo, services: BuildServices): Promise<HostApt> {
    const cached = this.#hostApt.get(platform.architecture);
    if (cached !== undefined) return cached;
    const apt = await readHostApt(this.host, platform.architecture, services.signal);
    this.#hostApt.set(platform.architecture, apt);
    return apt;
  }

  /** Undefined when the mirrors do not have the suite; the host's own release must be there. */
  async #openIndex(
    platform: PlatformInfo,
    suite: DistributionSuite,
    apt: HostApt,
    services: BuildServices,
  ): Promise<AptIndex | undefined> {
    const own = this.#distribution(platform);
    const sources =
      suite.distribution === own
        ? distributionSources(apt.sources, own, platform.release, suite.id)
        : await this.#foreignSources(platform, suite, apt, services);
    if (!sources.some((source) => source.suite === suite.id)) throw this.#noSources(own, platform);
    const request = { host: this.host, apt, platform, release: suite.id, sources, cacheDir: this.#indexDir, services };
    const index = await explainingFullDisk(`fetching the package index of ${suite.id}`, this.#indexDir, () =>
      openIndex({ ...request, maxAgeMs: INDEX_MAX_AGE_MS }),
    );
    if (index === undefined && suite.source === 'distribution') {
      const uris = [...new Set(sources.map((source) => source.uri))].join(', ');
      throw networkFailed(`${suite.id} is not served by this host's mirrors`, `the sources name: ${uris}`);
    }
    return index;
  }

  async #foreignSources(
    platform: PlatformInfo,
    suite: DistributionSuite,
    apt: HostApt,
    services: BuildServices,
  ): Promise<readonly ArchiveSource[]> {
    const config = await this.configuration.load();
    const { distribution } = suite;
    const configured = config.toolchains.keyrings[distribution.id];
    const keyring = await foreignKeyring({
      distribution,
      ...(configured === undefined ? {} : { configured }),
      directory: join(this.#indexDir, 'keys'),
      archives: this.#archives,
      ownIndexes: this.#ownIndexes(platform, apt, services),
      services,
    });
    return foreignSources(suite, platform.architecture, keyring, config);
  }

  async *#ownIndexes(platform: PlatformInfo, apt: HostApt, services: BuildServices): AsyncIterable<AptIndex> {
    const own = this.#distribution(platform);
    for (const suite of this.suites(platform).filter(({ distribution }) => distribution === own)) {
      const index = await this.#openIndex(platform, suite, apt, services);
      if (index !== undefined) yield index;
    }
  }

  #suite(platform: PlatformInfo, id: string): DistributionSuite {
    const found = this.suites(platform).find((suite) => suite.id === id);
    if (found !== undefined) return found;
    throw hostUnfit(`${id} is no release that joblet knows`, 'rnx runtime versions shows where languages come from');
  }

  #noSources(distribution: Distribution, platform: PlatformInfo): Error {
    return hostUnfit(
      `this host's apt has no source for ${distribution.id} ${platform.release}`,
      `add one to /etc/apt/sources.list.d: deb MIRROR ${platform.release} main`,
    );
  }

  #distribution(platform: PlatformInfo): Distribution {
    const distribution = findDistribution(platform.distribution);
    if (distribution === undefined)
      throw hostUnfit(`${platform.distribution} has no known archive`, 'use Debian or Ubuntu');
    return distribution;
  }
}
