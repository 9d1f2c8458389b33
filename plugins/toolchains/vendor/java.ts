import { Document, sha256 } from './json.js';
import type { VendorLoader, VendorRelease, VendorSite } from './loader.js';
import { newestOf } from './version-order.js';

const ARCHITECTURE = { amd64: 'x64', arm64: 'aarch64' } as const;

/** Eclipse Temurin by Adoptium's API: each asset with a checksum, and the address of a detached signature. */
export const javaLoader: VendorLoader = {
  language: 'java',
  address: 'https://api.adoptium.net',
  list: async (site, versions) => {
    const info = Document.json(await site.text(`${site.address}/v3/info/available_releases`), site.address);
    const there = new Set(
      info
        .at('available_releases')
        .items()
        .map((one) => one.text()),
    );
    const found: VendorRelease[] = [];
    for (const version of versions) if (there.has(version)) found.push(...(await latest(site, version)));
    return found;
  },
  find: async (site, version) => {
    const found = /^\d+$/.test(version) ? await latest(site, version) : await inRange(site, version);
    return newestOf(found, version);
  },
};

/** Of a feature release: `21`. */
async function latest(site: VendorSite, feature: string): Promise<readonly VendorRelease[]> {
  const answer = await site.textIfThere(`${site.address}/v3/assets/latest/${feature}/hotspot?${query(site)}`);
  if (answer === undefined) return [];
  return Document.json(answer, site.address)
    .items()
    .map((asset) => releaseOf(asset.text('version', 'openjdk_version'), asset.at('binary'), site));
}

/** Of a longer version: `21.0.5` means from it to before 21.0.6, as Maven writes ranges. */
async function inRange(site: VendorSite, version: string): Promise<readonly VendorRelease[]> {
  const parts = version.split('.').map(Number);
  const next = parts.map((part, at) => (at === parts.length - 1 ? part + 1 : part)).join('.');
  const range = encodeURIComponent(`[${version},${next})`);
  const url = `${site.address}/v3/assets/version/${range}?${query(site)}&release_type=ga&jvm_impl=hotspot&page_size=20`;
  const answer = await site.textIfThere(url);
  if (answer === undefined) return [];
  return Document.json(answer, site.address)
    .items()
    .flatMap((release) =>
      release
        .at('binaries')
        .items()
        .map((binary) => releaseOf(release.text('version_data', 'openjdk_version'), binary, site)),
    );
}

/** The API's `linux` is for glibc. */
function query({ architecture }: VendorSite): string {
  return `os=linux&architecture=${ARCHITECTURE[architecture]}&image_type=jdk&vendor=eclipse`;
}

function releaseOf(openjdkVersion: string, binary: Document, site: VendorSite): VendorRelease {
  const size = binary.number('package', 'size');
  return {
    // `21.0.13+9-LTS`.
    version: openjdkVersion.replace(/-.*$/, ''),
    archives: [
      {
        url: binary.text('package', 'link'),
        hash: sha256(binary.text('package', 'checksum'), site.address),
        ...(size === undefined ? {} : { sizeBytes: size }),
        ...(site.hasKeys ? { signatureUrl: binary.text('package', 'signature_link') } : {}),
      },
    ],
  };
}
