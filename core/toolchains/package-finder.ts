import { inject, injectAll, injectable } from 'tsyringe';
import { detectPlatform } from '../build/detect-platform.js';
import { type BuildServices, PLATFORM, type PlatformAdapter } from '../contracts/platform-adapter.js';
import { StorePaths } from '../store/store-paths.js';

/** Looks a package up in the release of this host. */
@injectable()
export class PackageFinder {
  constructor(
    @injectAll(PLATFORM) private readonly platforms: readonly PlatformAdapter[],
    @inject(StorePaths) private readonly paths: StorePaths,
  ) {}

  /** Its newest version, as the distribution writes it; undefined when there is no such package. */
  async find(name: string, services: BuildServices): Promise<string | undefined> {
    const { info, adapter } = await detectPlatform(this.platforms);
    await this.paths.prepare();
    const [own] = adapter.suites(info);
    const found = own && (await adapter.available(info, own.id, [name], services));
    return found?.get(name)?.[0];
  }
}
