import type { Json } from '../../core/contracts/language-pack.js';
import { withoutCredentials } from './url-credentials.js';

// pip's installation report, version 1: https://pip.pypa.io/en/stable/reference/installation-report/

/** One package of a resolved plan. */
export interface PipItem {
  readonly name: string;
  readonly version: string;
  /** Without credentials. */
  readonly url: string;
  /** Hexadecimal; null where the source has none (a VCS URL). */
  readonly sha256: string | null;
  readonly kind: 'wheel' | 'source' | 'vcs';
  /** The spec names it; the others are dependencies. */
  readonly requested: boolean;
  /** The content of direct_url.json when the spec gives a URL (PEP 610), else null. */
  readonly directUrl: Json;
}

export interface PipReport {
  /** X.Y of the python that resolved. */
  readonly python: string;
  readonly items: readonly PipItem[];
}

interface RawReport {
  readonly environment: { readonly python_version: string };
  readonly install: readonly {
    readonly metadata: { readonly name: string; readonly version: string };
    readonly requested: boolean;
    readonly is_direct: boolean;
    readonly download_info: RawDownload;
  }[];
}

interface RawDownload {
  readonly url: string;
  readonly archive_info?: { readonly hash?: string; readonly hashes?: { readonly sha256?: string } };
  readonly vcs_info?: { readonly vcs: string; readonly commit_id: string; readonly requested_revision?: string };
  readonly subdirectory?: string;
}

export function parsePipReport(text: string): PipReport {
  const report: RawReport = JSON.parse(text);
  const items = report.install.map(({ metadata, requested, is_direct, download_info: download }): PipItem => {
    const url = withoutCredentials(download.url);
    return {
      name: metadata.name,
      version: metadata.version,
      url: download.vcs_info ? vcsUrl(url, download) : url,
      sha256: sha256Of(download),
      kind: download.vcs_info ? 'vcs' : isWheel(url) ? 'wheel' : 'source',
      requested,
      directUrl: is_direct ? JSON.parse(JSON.stringify({ ...download, url })) : null,
    };
  });
  return { python: report.environment.python_version, items };
}

function sha256Of({ archive_info: archive }: RawDownload): string | null {
  return archive?.hashes?.sha256 ?? (/^sha256=([0-9a-f]{64})$/.exec(archive?.hash ?? '')?.[1] || null);
}

/** Pinned to the commit that resolving found. */
function vcsUrl(url: string, { vcs_info: vcs, subdirectory }: RawDownload): string {
  const fragment = subdirectory ? `#subdirectory=${subdirectory}` : '';
  return `${vcs?.vcs}+${url}@${vcs?.commit_id}${fragment}`;
}

function isWheel(url: string): boolean {
  return /\.whl(?:$|[?#])/i.test(url);
}
