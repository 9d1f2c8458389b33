import { FetchFailure } from './fetcher.js';
import { Document, sha256 } from './json.js';
import type { VendorLoader, VendorSite } from './loader.js';
import { newestOf } from './version-order.js';

const ARCHITECTURE = { amd64: 'linux-x64', arm64: 'linux-arm64' } as const;

/** nodejs.org/dist: an index of releases; in each folder SHASUMS256.txt, and .asc, a clear-signed copy of it. */
export const nodeLoader: VendorLoader = {
  language: 'node',
  address: 'https://nodejs.org/dist',
  list: releases,
  find: async (site, version) => {
    const release = newestOf(await releases(site), version);
    if (release === undefined) return undefined;
    const folder = `${site.address}/v${release.version}`;
    const sums = await site.signedText(
      site.hasKeys ? { url: `${folder}/SHASUMS256.txt.asc`, inline: true } : { url: `${folder}/SHASUMS256.txt` },
    );
    const name = `node-v${release.version}-${ARCHITECTURE[site.architecture]}.tar.xz`;
    const hash = sums
      .split('\n')
      .map((line) => line.trim().split(/\s+\*?/))
      .find(([, file]) => file === name)?.[0];
    if (hash === undefined) throw new FetchFailure(`${folder} has no checksum of ${name}`);
    return { version: release.version, archives: [{ url: `${folder}/${name}`, hash: sha256(hash, folder) }] };
  },
};

async function releases(site: VendorSite): Promise<readonly { readonly version: string }[]> {
  const index = Document.json(await site.text(`${site.address}/index.json`), site.address);
  return index.items().flatMap((release) => {
    const version = /^v(\d+\.\d+\.\d+)$/.exec(release.text('version'))?.[1];
    const isThere = release
      .at('files')
      .items()
      .some((file) => file.is(ARCHITECTURE[site.architecture]));
    return version !== undefined && isThere ? [{ version }] : [];
  });
}
