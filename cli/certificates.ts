import { resolve } from 'node:path';
import type { CertificateStore, IssuedCertificate } from '../plugins/daemon/certificates/index.js';
import { DEFAULT_STORE } from './engine.js';

export async function openCertificates(root: string | undefined): Promise<CertificateStore> {
  const { CertificateStore } = await import('../plugins/daemon/certificates/index.js');
  return new CertificateStore({ root: resolve(root ?? DEFAULT_STORE), now: () => new Date() });
}

/** Keys as other documents of `rnx` have them. */
export function certificateDocument(certificate: IssuedCertificate, now: Date): Record<string, unknown> {
  const { kind, name, role, names, serial, authority, notBefore, notAfter, revokedAt } = certificate;
  return {
    kind,
    name,
    ...(role === undefined ? {} : { role }),
    ...(names === undefined ? {} : { names }),
    serial,
    authority,
    not_before: notBefore,
    not_after: notAfter,
    state: certificateState(certificate, now),
    ...(revokedAt === undefined ? {} : { revoked_at: revokedAt }),
  };
}

export function certificateState({ notAfter, revokedAt }: IssuedCertificate, now: Date): string {
  if (revokedAt !== undefined) return 'revoked';
  return new Date(notAfter) <= now ? 'expired' : 'valid';
}
