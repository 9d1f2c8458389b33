import type { BuildServices } from '../contracts/platform-adapter.js';
import type { ToolchainListing, ToolchainRequest } from '../contracts/toolchain-source.js';
import type { SourceReport } from '../errors/errors.js';
import type { SourceToAsk } from './source-order.js';

export interface SourceListing {
  readonly source: string;
  readonly title: string;
  readonly listing: ToolchainListing;
}

/** What each source has of a language now. Never rejects for one that cannot be reached. */
export async function listSources(
  sources: readonly SourceToAsk[],
  request: Omit<ToolchainRequest, 'request' | 'beside' | 'suites'>,
  services: BuildServices,
): Promise<readonly SourceListing[]> {
  const listings: SourceListing[] = [];
  // Backports list what their release has, too.
  const seen = new Set<string>();
  for (const { source, suites } of sources) {
    services.progress(`asking ${source.title} for ${request.pack.title}`);
    const listing = await source.list({ ...request, ...(suites ? { suites } : {}) }, services);
    listings.push({ source: source.id, title: source.title, listing: withoutSeen(listing, seen) });
  }
  return listings;
}

function withoutSeen(listing: ToolchainListing, seen: Set<string>): ToolchainListing {
  if (listing.kind !== 'listed') return listing;
  const versions = listing.versions.filter(({ version, exact }) => {
    const key = `${version} ${exact}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  return { kind: 'listed', versions };
}

/** The same, as an error shows it. */
export async function reportSources(
  sources: readonly SourceToAsk[],
  request: Omit<ToolchainRequest, 'request' | 'beside' | 'suites'>,
  services: BuildServices,
): Promise<readonly SourceReport[]> {
  const listings = await listSources(sources, request, services);
  return listings.map(({ source, title, listing }) => ({
    source,
    title,
    versions:
      listing.kind === 'listed' ? [...new Set(listing.versions.map((one) => `${one.version} (${one.from})`))] : [],
    ...(listing.kind === 'unreachable' ? { unreachable: listing.reason } : {}),
  }));
}
