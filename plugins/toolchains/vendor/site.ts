import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Architecture, BuildServices } from '../../../core/contracts/platform-adapter.js';
import { checksumWrong } from './errors.js';
import { type Fetcher, FetchFailure } from './fetcher.js';
import type { VendorSite } from './loader.js';
import { checkDetached, openSigned, type Verdict } from './signature.js';

export interface SiteParts {
  readonly address: string;
  readonly isDefault: boolean;
  readonly architecture: Architecture;
  readonly keyring: string | undefined;
  readonly fetcher: Fetcher;
  readonly storeRoot: string;
}

/** What a loader asks with, at one address. */
export function openSite(parts: SiteParts, { signal }: BuildServices): VendorSite {
  const { address, isDefault, architecture, keyring, fetcher } = parts;
  const text = (url: string) => fetcher.text(url, signal);
  return {
    address,
    isDefault,
    architecture,
    hasKeys: keyring !== undefined,
    text,
    textIfThere: async (url) => {
      try {
        return await text(url);
      } catch (error) {
        if (error instanceof FetchFailure && (error.status === 404 || error.status === 410)) return undefined;
        throw error;
      }
    },
    signedText: async ({ url, signatureUrl, inline }) => {
      const content = await text(url);
      if (keyring === undefined) return content;
      if (inline !== true && signatureUrl === undefined) return content;
      return await withWorkDirectory(parts.storeRoot, async (work) => {
        if (inline === true) {
          const opened = await openSigned(keyring, content, work);
          return trusted(opened.content, url, opened.verdict);
        }
        const [file, signature] = [path.join(work, 'content'), path.join(work, 'signature')];
        await writeFile(file, content);
        await writeFile(signature, await text(signatureUrl ?? ''));
        return trusted(content, url, await checkDetached(keyring, file, signature, work));
      });
    },
  };
}

function trusted(content: string, url: string, verdict: Verdict): string {
  if (verdict !== undefined) throw checksumWrong(url, `is not trusted: ${verdict}`);
  return content;
}

/** In the store, where nobody else may look or write. */
export async function withWorkDirectory<T>(storeRoot: string, work: (dir: string) => Promise<T>): Promise<T> {
  const parent = path.join(storeRoot, 'state');
  await mkdir(parent, { recursive: true });
  const dir = await mkdtemp(path.join(parent, 'signature-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
