import { inject, injectAll, injectable } from 'tsyringe';
import { detectPlatform } from '../build/detect-platform.js';
import { CONFIGURATION, type Configuration } from '../contracts/configuration.js';
import { type LanguagePack, PACK } from '../contracts/language-pack.js';
import { type BuildServices, PLATFORM, type PlatformAdapter } from '../contracts/platform-adapter.js';
import { TOOLCHAIN_SOURCE, type ToolchainSource, type ToolchainVersion } from '../contracts/toolchain-source.js';
import { languageUnknown } from '../errors/errors.js';
import { StorePaths } from '../store/store-paths.js';
import { listSources } from './report-sources.js';
import { sourcesToAsk } from './source-order.js';

/** What one source has of one language. */
export interface LanguageVersions {
  readonly language: string;
  readonly source: string;
  /** What the source is: "the host's release". */
  readonly title: string;
  readonly versions: readonly ToolchainVersion[];
  /** Why the source could not be asked. */
  readonly unreachable?: string;
}

/** Asks the sources what they have now. */
@injectable()
export class VersionLister {
  constructor(
    @injectAll(PACK) private readonly packs: readonly LanguagePack[],
    @injectAll(PLATFORM) private readonly platforms: readonly PlatformAdapter[],
    @injectAll(TOOLCHAIN_SOURCE) private readonly sources: readonly ToolchainSource[],
    @inject(CONFIGURATION) private readonly configuration: Configuration,
    @inject(StorePaths) private readonly paths: StorePaths,
  ) {}

  /** In the order in which a build asks; the first source that has a version is the one that a build takes. */
  async list(language: string | undefined, services: BuildServices): Promise<readonly LanguageVersions[]> {
    const packs = this.packs.filter(({ id }) => language === undefined || id === language);
    if (language !== undefined && packs.length === 0)
      throw languageUnknown(
        language,
        this.packs.map(({ id }) => id),
      );
    const { info, adapter } = await detectPlatform(this.platforms);
    const config = await this.configuration.load();
    await this.paths.prepare();
    const found: LanguageVersions[] = [];
    for (const pack of packs) {
      const sources = sourcesToAsk(this.sources, pack.id, adapter.suites(info), config, undefined);
      for (const { source, title, listing } of await listSources(
        sources,
        { pack, platform: info, adapter },
        services,
      )) {
        found.push({
          language: pack.id,
          source,
          title,
          versions: listing.kind === 'listed' ? listing.versions : [],
          ...(listing.kind === 'unreachable' ? { unreachable: listing.reason } : {}),
        });
      }
    }
    return found;
  }
}
