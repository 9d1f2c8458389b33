import type { LanguagePack, PackRequest } from '../../../core/contracts/language-pack.js';
import type { AvailablePackages, BuildServices, Suite } from '../../../core/contracts/platform-adapter.js';
import type {
  ToolchainListing,
  ToolchainRequest,
  ToolchainResolution,
  ToolchainSource,
  ToolchainVersion,
} from '../../../core/contracts/toolchain-source.js';
import { isJobletError } from '../../../core/errors/joblet-error.js';
import { isVersion, lackingOf, namesOf } from '../../../core/toolchains/choose-sets.js';

/** Languages as packages of a distribution's suites. */
export class DistributionSource implements ToolchainSource {
  constructor(
    readonly id: string,
    readonly title: string,
    readonly order: number,
  ) {}

  serves(_language: string, suites: readonly Suite[]): boolean {
    return suites.some(({ source }) => source === this.id);
  }

  async list(
    request: Omit<ToolchainRequest, 'request' | 'beside'>,
    services: BuildServices,
  ): Promise<ToolchainListing> {
    const { pack, platform, adapter } = request;
    const names = new Set(
      pack.knownVersions.flatMap((version) => setsOf(pack, version, adapter.family)).flatMap(namesOf),
    );
    const versions: ToolchainVersion[] = [];
    try {
      for (const suite of this.#suites(request)) {
        const available = await adapter.available(platform, suite, [...names], services);
        if (available !== undefined) versions.push(...versionsIn(suite, pack, adapter.family, available));
      }
    } catch (error) {
      return { kind: 'unreachable', reason: reasonOf(error) };
    }
    return { kind: 'listed', versions };
  }

  async resolve(request: ToolchainRequest, services: BuildServices): Promise<ToolchainResolution> {
    const { pack, platform, adapter, beside } = request;
    const language = pack.distributionPackages(request.request, adapter.family);
    const suites = this.#suites(request);
    if (language.length === 0 || suites.length === 0) return { kind: 'absent' };
    try {
      const query = { groups: [language, ...beside], suites };
      const resolution = await adapter.resolve(platform, query, services);
      if (resolution.kind === 'planned') return { kind: 'packages', plan: resolution.plan };
      const alone = beside.length > 0 && (await adapter.resolve(platform, { groups: [language], suites }, services));
      return alone && alone.kind === 'planned' ? { kind: 'absent', missing: resolution.missing } : { kind: 'absent' };
    } catch (error) {
      // The host's own release is what its owner set up: a fault there is no reason to take another one.
      if (this.id === 'distribution' || !isUnreachable(error)) throw error;
      return { kind: 'unreachable', reason: reasonOf(error) };
    }
  }

  #suites({ adapter, platform, suites }: Pick<ToolchainRequest, 'adapter' | 'platform' | 'suites'>): readonly string[] {
    const own = adapter.suites(platform).filter(({ source }) => source === this.id);
    return own.map(({ id }) => id).filter((id) => suites === undefined || suites.includes(id));
  }
}

function setsOf(pack: LanguagePack, version: string, family: string) {
  const request: PackRequest = { role: 'base', version, values: {} };
  return pack.distributionPackages(request, family);
}

function versionsIn(
  suite: string,
  pack: LanguagePack,
  family: string,
  available: AvailablePackages,
): readonly ToolchainVersion[] {
  return pack.knownVersions.flatMap((version) => {
    const set = setsOf(pack, version, family).find((one) => lackingOf(one, available).length === 0);
    const [main] = set?.runtime ?? [];
    if (set === undefined || main === undefined) return [];
    const wanted = set.versions?.[main];
    const exact = available.get(main)?.find((one) => wanted === undefined || isVersion(one, wanted));
    return exact === undefined ? [] : [{ version, exact, from: suite }];
  });
}

function isUnreachable(error: unknown): boolean {
  return isJobletError(error) && ['E_NETWORK', 'E_HOST_UNFIT', 'E_REPOSITORY_UNTRUSTED'].includes(error.code);
}

function reasonOf(error: unknown): string {
  return isJobletError(error) ? [error.message, error.hint].filter(Boolean).join('; ') : String(error);
}
