// X.509 (RFC 5280) by @peculiar/x509 over node's webcrypto: EC keys, random serial numbers, one purpose a certificate.
import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

export type Curve = 'P-256' | 'P-384';

/** A certificate and its private key, both PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Revocation {
  readonly serial: string;
  readonly at: Date;
}

interface Subject {
  readonly commonName: string;
  readonly role?: string;
}

export interface LeafRequest extends Subject, Validity {
  readonly purpose: 'server' | 'client';
  /** Host names and IP addresses of a server. */
  readonly names?: readonly string[];
  /** @default P-256 */
  readonly curve?: Curve;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
// The global one: the program's bundle makes late calls of what is imported from node:crypto, and this is no function.
const { crypto } = globalThis;

const algorithm = (curve: Curve) => ({ name: 'ECDSA', namedCurve: curve });
const hashOf = (curve: string) => ({ name: 'ECDSA', hash: curve === 'P-384' ? 'SHA-384' : 'SHA-256' });

x509.cryptoProvider.set(crypto);

/** 127 random bits with the first one set: positive (RFC 5280, 4.1.2.2), and no zero in front that tools would print differently. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function nameOf({ commonName, role }: Subject): x509.Name {
  return new x509.Name([...(role === undefined ? [] : [{ OU: [role] }]), { CN: [commonName] }]);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** The key of a certificate that signs. */
async function signerOf({ certificate, key }: KeyedCertificate) {
  const issuer = new x509.X509Certificate(certificate);
  const curve = 'namedCurve' in issuer.publicKey.algorithm ? String(issuer.publicKey.algorithm.namedCurve) : 'P-256';
  const [pkcs8 = new ArrayBuffer(0)] = x509.PemConverter.decode(key);
  const signingKey = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: curve }, false, [
    'sign',
  ]);
  return { issuer, signingKey, signingAlgorithm: hashOf(curve) };
}

const authorityExtensions = () => [
  new x509.BasicConstraintsExtension(true, undefined, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
];

export async function makeAuthority(
  request: { readonly commonName: string; readonly curve?: Curve } & Validity,
): Promise<KeyedCertificate> {
  const curve = request.curve ?? 'P-384';
  const keys = await crypto.subtle.generateKey(algorithm(curve), true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: nameOf(request),
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    keys,
    signingAlgorithm: hashOf(curve),
    extensions: [...authorityExtensions(), await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  });
  return { certificate: certificate.toString('pem'), key: await privateKeyPem(keys.privateKey) };
}

/** The new authority's name and key, signed by the old one: who trusts only the old one trusts the new one's certificates too. */
export async function crossSign(signer: KeyedCertificate, authority: string): Promise<string> {
  const { issuer, signingKey, signingAlgorithm } = await signerOf(signer);
  const subject = new x509.X509Certificate(authority);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: subject.subject,
    issuer: issuer.subject,
    notBefore: subject.notBefore,
    notAfter: new Date(Math.min(subject.notAfter.getTime(), issuer.notAfter.getTime())),
    publicKey: subject.publicKey,
    signingKey,
    signingAlgorithm,
    extensions: [...authorityExtensions(), await x509.SubjectKeyIdentifierExtension.create(subject.publicKey)],
  });
  return certificate.toString('pem');
}

export async function makeLeaf(signer: KeyedCertificate, request: LeafRequest): Promise<KeyedCertificate> {
  const { issuer, signingKey, signingAlgorithm } = await signerOf(signer);
  const keys = await crypto.subtle.generateKey(algorithm(request.curve ?? 'P-256'), true, ['sign', 'verify']);
  const names = (request.names ?? []).map((value) => ({
    type: isIP(value) ? ('ip' as const) : ('dns' as const),
    value,
  }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: nameOf(request).toJSON(),
    issuer: issuer.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([request.purpose === 'server' ? SERVER_AUTH : CLIENT_AUTH]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await privateKeyPem(keys.privateKey) };
}

/** Holds as long as its authority: a list that ran out would lock everyone out, and a new one is written with each revocation. */
export async function makeRevocationList(
  signer: KeyedCertificate,
  revoked: readonly Revocation[],
  now: Date,
): Promise<string> {
  const { issuer, signingKey, signingAlgorithm } = await signerOf(signer);
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: now,
    nextUpdate: issuer.notAfter,
    entries: revoked.map(({ serial, at }) => ({ serialNumber: serial, revocationDate: at })),
    signingKey,
    signingAlgorithm,
  });
  // RFC 7468, section 6; the library's own label is one that OpenSSL does not read.
  return x509.PemConverter.encode(list.rawData, 'X509 CRL');
}

export function serialOf(certificate: string): string {
  return new x509.X509Certificate(certificate).serialNumber;
}
