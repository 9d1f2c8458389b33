import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JavaHost } from './java-host.js';

// The JKS format, of certificates only, as sun.security.provider.JavaKeyStore reads it: no tool that makes one of a PEM bundle is in
// every distribution, and keytool takes half a second for each certificate.

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED_CERTIFICATE = 2;
/** What every JDK's own store has; it protects nothing, certificates are public. */
const PASSWORD = 'changeit';
const PEM = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;

/** The host's authorities as a Java trust store, or undefined where the host has no bundle. */
export async function hostTrustStore({ network }: Pick<JavaHost, 'network'>): Promise<Buffer | undefined> {
  const bundle = network.authoritiesPath();
  return bundle === undefined ? undefined : trustStoreOf(await readFile(bundle, 'utf8'));
}

/** The same bytes for the same bundle. */
export function trustStoreOf(bundle: string): Buffer {
  const certificates = new Map<string, Buffer>();
  for (const [, base64 = ''] of bundle.matchAll(PEM)) {
    const der = Buffer.from(base64, 'base64');
    certificates.set(createHash('sha256').update(der).digest('hex'), der);
  }
  const entries = [...certificates].map(([alias, der]) =>
    Buffer.concat([uint32(TRUSTED_CERTIFICATE), text(alias), Buffer.alloc(8), text('X.509'), uint32(der.length), der]),
  );
  const content = Buffer.concat([uint32(MAGIC), uint32(VERSION), uint32(entries.length), ...entries]);
  const digest = createHash('sha1')
    .update(Buffer.from(PASSWORD, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(content)
    .digest();
  return Buffer.concat([content, digest]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** As DataOutput.writeUTF has it: ASCII, after its length. */
function text(value: string): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value.length);
  return Buffer.concat([bytes, Buffer.from(value, 'latin1')]);
}
