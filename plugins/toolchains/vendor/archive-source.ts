import type { Config } from '../../../core/config/config.js';
import type { Configuration } from '../../../core/contracts/configuration.js';
import type { Host } from '../../../core/contracts/host.js';
import type { HostNetwork } from '../../../core/contracts/host-network.js';
import type { IdMap } from '../../../core/contracts/id-map.js';
import type { BuildServices, PlatformInfo, Suite } from '../../../core/contracts/platform-adapter.js';
import type {
  Toolchain,
  ToolchainListing,
  ToolchainRequest,
  ToolchainResolution,
  ToolchainSource,
} from '../../../core/contracts/toolchain-source.js';
import { redactCredentials } from '../../../core/spec/redact.js';
import type { AddressOf } from './addresses.js';
import { fetchArchives } from './archive-store.js';
import { Fetcher, FetchFailure } from './fetcher.js';
import type { VendorLoader } from './loader.js';
import { LOADERS, type Loaders } from './loaders.js';
import { openSite } from './site.js';
import { linkPrograms, unpackArchive } from './unpack.js';
import { newestOf } from './version-order.js';

export interface ArchiveSourceParts {
  readonly configuration: Configuration;
  readonly host: Host;
  readonly network: HostNetwork;
  readonly ids: IdMap;
  readonly storeRoot: string;
}

/** A loader of a language and where it looks. */
interface Place {
  readonly loader: VendorLoader;
  readonly address: string;
  readonly keyring: string | undefined;
}

/** Languages as the archives that their vendors publish, at the vendors' addresses or at others. */
export class ArchiveSource implements ToolchainSource {
  constructor(
    readonly id: string,
    readonly title: string,
    readonly order: number,
    private readonly addressOf: AddressOf,
    private readonly parts: ArchiveSourceParts,
    private readonly loaders: Loaders = LOADERS,
  ) {}

  serves(language: string, _suites: readonly Suite[], config: Config): boolean {
    return this.loaders.has(language) && this.addressOf(language, config) !== undefined;
  }

  async list(
    { pack, platform }: Omit<ToolchainRequest, 'request' | 'beside'>,
    services: BuildServices,
  ): Promise<ToolchainListing> {
    return await this.#ask(pack.id, async (place) => {
      const site = this.#site(place, platform, services);
      const there = await place.loader.list(site, pack.knownVersions);
      const from = nameOf(place.address);
      const versions = pack.knownVersions.flatMap((version) => {
        const newest = newestOf(there, version);
        return newest === undefined ? [] : [{ version, exact: newest.version, from }];
      });
      return { kind: 'listed', versions };
    });
  }

  async resolve({ pack, request, platform }: ToolchainRequest, services: BuildServices): Promise<ToolchainResolution> {
    const { version } = request;
    if (version === undefined) return { kind: 'absent' };
    return await this.#ask(pack.id, async (place) => {
      services.progress(`asking ${nameOf(place.address)} for ${pack.title} ${version}`);
      const release = await place.loader.find(this.#site(place, platform, services), version);
      if (release === undefined) return { kind: 'absent' };
      const toolchain: Toolchain = {
        source: this.id,
        language: pack.id,
        version: release.version,
        archives: release.archives.map((archive) => ({ ...archive, url: withoutCredentials(archive.url) })),
        evidence: place.loader.evidence ?? (place.keyring === undefined ? 'checksum' : 'signature'),
      };
      return { kind: 'archive', toolchain };
    });
  }

  async unpack(toolchain: Toolchain, directory: string, services: BuildServices): Promise<void> {
    const { language } = toolchain;
    const place = await this.#place(language);
    if (place === undefined) throw new Error(`no archives of ${language} are known`);
    const { host, network, storeRoot, ids } = this.parts;
    const fetcher = new Fetcher(host, network, place.address);
    const { loader, keyring } = place;
    const files = await fetchArchives(toolchain.archives, { fetcher, storeRoot, keyring }, services);
    for (const [at, file] of files.entries()) {
      const archive = toolchain.archives[at];
      const place = (archive && loader.placeOf?.(archive)) ?? '.';
      await unpackArchive(file, directory, { ...loader, place }, ids, services);
    }
    linkPrograms(directory, loader.programs ?? {}, ids);
  }

  async #ask<T extends ToolchainListing | ToolchainResolution>(
    language: string,
    work: (place: Place) => Promise<T>,
  ): Promise<T | { kind: 'unreachable'; reason: string }> {
    const place = await this.#place(language);
    if (place === undefined) return { kind: 'unreachable', reason: `it has no archives of ${language}` };
    try {
      return await work(place);
    } catch (error) {
      // What is there and is not what it should be is worth an end; what is not there, another source may have.
      if (error instanceof FetchFailure) return { kind: 'unreachable', reason: error.message };
      throw error;
    }
  }

  async #place(language: string): Promise<Place | undefined> {
    const config = await this.parts.configuration.load();
    const [loader, address] = [this.loaders.get(language), this.addressOf(language, config)];
    if (loader === undefined || address === undefined) return undefined;
    const keyring = loader.evidence === undefined ? config.toolchains.keyrings[language] : undefined;
    return { loader, address, keyring };
  }

  #site({ loader, address, keyring }: Place, platform: PlatformInfo, services: BuildServices) {
    const { host, network, storeRoot } = this.parts;
    return openSite(
      {
        address,
        isDefault: address === loader.address,
        architecture: platform.architecture,
        keyring,
        fetcher: new Fetcher(host, network, address),
        storeRoot,
      },
      services,
    );
  }
}

function nameOf(address: string): string {
  return redactCredentials(address).replace(/^https?:\/\//, '');
}

function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.username === new URL(url).username ? url : bare.href;
}
