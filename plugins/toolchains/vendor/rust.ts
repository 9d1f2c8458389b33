import { createHash } from 'node:crypto';
import { parse } from 'smol-toml';
import { checksumWrong } from './errors.js';
import { FetchFailure } from './fetcher.js';
import { Document, sha256 } from './json.js';
import type { VendorLoader, VendorSite } from './loader.js';
import { isOf } from './version-order.js';

const DEFAULT = 'https://static.rust-lang.org/dist';
const TARGET = { amd64: 'x86_64-unknown-linux-gnu', arm64: 'aarch64-unknown-linux-gnu' } as const;
/** What compiles, builds crates, and is linked to. */
const PARTS = ['rustc', 'cargo', 'rust-std'];

/**
 * static.rust-lang.org: a manifest for each release and each X.Y, with a checksum and a detached signature beside it; in it, the
 * checksum of each part for each target. There is no list of releases.
 */
export const rustLoader: VendorLoader = {
  language: 'rust',
  address: DEFAULT,
  // RELEASE/PART/…, with a list of files of each part.
  strip: 2,
  exclude: ['*/manifest.in'],
  list: async (site, versions) => {
    const found = [];
    for (const version of versions) {
      const sum = await site.textIfThere(`${manifestOf(site, version)}.sha256`);
      if (sum !== undefined) found.push({ version });
    }
    return found;
  },
  find: async (site, version) => {
    const url = manifestOf(site, version);
    const sum = await site.textIfThere(`${url}.sha256`);
    if (sum === undefined) return undefined;
    const text = await site.signedText(site.hasKeys ? { url, signatureUrl: `${url}.asc` } : { url });
    if (
      sha256(sum.trim().split(/\s/)[0] ?? '', `${url}.sha256`) !==
      `sha256:${createHash('sha256').update(text).digest('hex')}`
    ) {
      throw checksumWrong(url, 'is not what its checksum says');
    }
    const manifest = new Document(parseToml(text, url), url);
    // `1.75.0 (82e1608df 2023-12-21)`.
    const exact = manifest.text('pkg', 'rust', 'version').split(' ')[0] ?? '';
    if (!isOf(exact, version)) throw new FetchFailure(`${url} is of ${exact}`);
    const targets = PARTS.map((part) => manifest.at('pkg', part, 'target').get(TARGET[site.architecture]));
    const available = targets.flatMap((target) => (target?.is(true, 'available') ? [target] : []));
    if (available.length < PARTS.length) return undefined;
    return {
      version: exact,
      archives: available.map((target) => ({
        url: addressOf(target.text('xz_url'), site),
        hash: sha256(target.text('xz_hash'), url),
      })),
    };
  },
};

function manifestOf(site: VendorSite, version: string): string {
  return `${site.address}/channel-rust-${version}.toml`;
}

/** A manifest names the vendor's own host wherever it lies; rustup replaces it in the same way. */
function addressOf(url: string, { address }: VendorSite): string {
  return url.startsWith(`${DEFAULT}/`) ? `${address}${url.slice(DEFAULT.length)}` : url;
}

function parseToml(text: string, url: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new FetchFailure(`${url} answers with something else than TOML`);
  }
}
