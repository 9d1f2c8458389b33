import { Document, sha256 } from './json.js';
import type { VendorLoader, VendorRelease, VendorSite } from './loader.js';
import { newestOf } from './version-order.js';

/** go.dev/dl: one JSON of all files, with their checksums; each archive has a detached signature beside it. */
export const goLoader: VendorLoader = {
  language: 'go',
  address: 'https://go.dev/dl',
  list: releases,
  find: async (site, version) => newestOf(await releases(site), version),
};

async function releases(site: VendorSite): Promise<readonly VendorRelease[]> {
  const url = `${site.address}/?mode=json&include=all`;
  const all = Document.json(await site.text(url), site.address).items();
  return all.flatMap((release) => {
    // `go1.21.13`; `go1.22rc1` is no release.
    const version = /^go(\d+(?:\.\d+)+)$/.exec(release.text('version'))?.[1];
    const file = release
      .at('files')
      .items()
      .find((one) => one.is('linux', 'os') && one.is(site.architecture, 'arch') && one.is('archive', 'kind'));
    if (version === undefined || file === undefined) return [];
    const archive = `${site.address}/${encodeURIComponent(file.text('filename'))}`;
    const size = file.number('size');
    return [
      {
        version,
        archives: [
          {
            url: archive,
            hash: sha256(file.text('sha256'), site.address),
            ...(size === undefined ? {} : { sizeBytes: size }),
            ...(site.hasKeys ? { signatureUrl: `${archive}.asc` } : {}),
          },
        ],
      },
    ];
  });
}
