import { FetchFailure } from './fetcher.js';
import { Document, sha256 } from './json.js';
import type { VendorLoader, VendorRelease, VendorSite } from './loader.js';
import { newestOf } from './version-order.js';

const ARCHITECTURE = { amd64: 'x86_64', arm64: 'aarch64' } as const;

/** python-build-standalone: the newest release (a date) is named in a JSON of its own; it has SHA256SUMS of all archives. */
export const pythonLoader: VendorLoader = {
  language: 'python',
  address: 'https://raw.githubusercontent.com/astral-sh/python-build-standalone/latest-release',
  list: releases,
  find: async (site, version) => newestOf(await releases(site), version),
};

async function releases(site: VendorSite): Promise<readonly VendorRelease[]> {
  const latest = Document.json(await site.text(`${site.address}/latest-release.json`), site.address);
  const tag = latest.text('tag');
  if (!/^\d+$/.test(tag)) throw new FetchFailure(`${site.address} names a release that is no date`);
  // Of another address than the vendor's, what is there has to be there too.
  const folder = site.isDefault ? latest.text('asset_url_prefix') : `${site.address}/${tag}`;
  const sums = await site.signedText(
    site.hasKeys
      ? { url: `${folder}/SHA256SUMS`, signatureUrl: `${folder}/SHA256SUMS.asc` }
      : { url: `${folder}/SHA256SUMS` },
  );
  const found = new Map<string, VendorRelease>();
  for (const line of sums.split('\n')) {
    const [hash = '', name = ''] = line.trim().split(/\s+\*?/);
    const version = versionOf(name, site);
    // Without debuggers' data where there are both.
    if (version === undefined || (found.has(version) && !name.includes('_stripped'))) continue;
    const url = `${folder}/${encodeURIComponent(name)}`;
    found.set(version, { version, archives: [{ url, hash: sha256(hash, folder) }] });
  }
  return [...found.values()];
}

/** Not x86_64_v2 to v4, which older processors cannot run; not musl, which is another libc than a distribution's. */
function versionOf(name: string, { architecture }: VendorSite): string | undefined {
  const match = /^cpython-(\d+\.\d+\.\d+)\+\d+-(\w+)-unknown-linux-gnu-install_only(?:_stripped)?\.tar\.gz$/.exec(name);
  return match?.[2] === ARCHITECTURE[architecture] ? match[1] : undefined;
}
