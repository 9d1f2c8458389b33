// For tests of a server: clients that it must refuse.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KeyedCertificate } from './sign.js';
import { makeAuthority, makeLeaf } from './sign.js';

export type Fault = 'expired' | 'future' | 'foreign-authority' | 'unknown-role';

const DAY_MS = 86_400_000;

/** The signing authority of a store that `CertificateStore` made. */
async function authorityOf(root: string): Promise<KeyedCertificate & { readonly commonName: string }> {
  const { authorities, issued } = JSON.parse(
    await readFile(path.join(root, 'config/certificates/authority.json'), 'utf8'),
  );
  const authority = authorities.at(-1);
  const { name } = issued.find(({ serial }: { readonly serial: string }) => serial === authority.serial);
  return { ...authority, commonName: name };
}

/** A client's certificate with one fault; a foreign authority bears the same name as the real one. */
export async function makeBadCertificate(fault: Fault, root: string, now: Date): Promise<KeyedCertificate> {
  const authority = await authorityOf(root);
  const days = (from: number, to: number) => ({
    notBefore: new Date(now.getTime() + from * DAY_MS),
    notAfter: new Date(now.getTime() + to * DAY_MS),
  });
  const validity = fault === 'expired' ? days(-2, -1) : fault === 'future' ? days(1, 2) : days(-1, 1);
  const signer =
    fault === 'foreign-authority'
      ? await makeAuthority({ commonName: authority.commonName, ...days(-1, 1) })
      : authority;
  const role = fault === 'unknown-role' ? 'emperor' : 'admin';
  return makeLeaf(signer, { commonName: 'mallory', role, purpose: 'client', ...validity });
}
