import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeBadCertificate } from './bad-certificates.js';
import { CertificateStore } from './index.js';

let root: string;
let certificates: CertificateStore;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'certificates-'));
  certificates = new CertificateStore({ root, now: () => new Date() });
});
afterEach(() => rm(root, { recursive: true }));

interface Client {
  readonly certificate: string;
  readonly key: string;
}

/** The subject that a server with the store's certificates sees, or `refused`. */
async function greet(client: Client, ca: string, servername = 'joblet'): Promise<string> {
  const { cert, key, ca: trusted, crl } = await certificates.serverMaterial();
  const options = { cert, key, ca: [...trusted], crl: [...crl], requestCert: true, minVersion: 'TLSv1.3' as const };
  const server = createServer(options, (socket: TLSSocket) => {
    socket.on('error', () => undefined);
    const { OU, CN } = socket.getPeerCertificate().subject;
    socket.end(`${OU} ${CN}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const socket = connect({ port, host: '127.0.0.1', cert: client.certificate, key: client.key, ca, servername });
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text === '' ? 'refused' : text;
  } catch (error) {
    return error instanceof Error && 'code' in error && /ALERT|RESET/.test(String(error.code))
      ? 'refused'
      : String(error);
  } finally {
    server.close();
  }
}

const issue = (name: string, role = 'developer') => certificates.issue({ name, role, address: 'localhost:50051' });

describe('certificates', () => {
  it('let a client in, whose role is the OU and whose name is the CN, under each name of the server', async () => {
    await certificates.init({ names: ['build.example', '192.0.2.7'] });
    const alice = await issue('alice');
    for (const name of ['joblet', 'localhost', 'build.example'])
      expect(await greet(alice, alice.ca, name)).toBe('developer alice');
    expect(await greet(alice, alice.ca, 'elsewhere.example')).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it.each(['expired', 'future', 'foreign-authority'] as const)(
    'keep out a client whose certificate is: %s',
    async (fault) => {
      await certificates.init({});
      const { ca } = await issue('alice');
      expect(await greet(await makeBadCertificate(fault, root, new Date()), ca)).toBe('refused');
    },
  );

  it('keep out who was revoked, by name or serial number, and nobody else', async () => {
    await certificates.init({});
    const [alice, bob, eve] = [await issue('alice'), await issue('bob'), await issue('eve')];
    expect((await certificates.revoke('alice')).map(({ name }) => name)).toEqual(['alice']);
    await certificates.revoke(bob.issued.serial);
    expect(await greet(alice, alice.ca)).toBe('refused');
    expect(await greet(bob, bob.ca)).toBe('refused');
    expect(await greet(eve, eve.ca)).toBe('developer eve');
    await expect(certificates.revoke('nobody')).rejects.toMatchObject({ code: 'E_CERTIFICATE_NOT_FOUND', exitCode: 9 });
  });

  it('of old and new clients hold both after a new authority, and revocations of the old one stay', async () => {
    await certificates.init({});
    const [old, gone] = [await issue('old'), await issue('gone')];
    await certificates.revoke('gone');
    await certificates.rotate({ authority: true });
    const fresh = await issue('fresh');
    const [, newest = ''] = fresh.ca.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(await greet(old, old.ca)).toBe('developer old');
    expect(await greet(fresh, fresh.ca)).toBe('developer fresh');
    expect(await greet(fresh, newest)).toBe('developer fresh');
    expect(await greet(gone, gone.ca)).toBe('refused');
  });

  it('lie in files of mode 600, with a config for each client', async () => {
    await certificates.init({ curve: 'P-256' });
    const alice = await issue('alice', 'admin');
    const directory = path.join(root, 'config/certificates');
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(path.join(entry.parentPath, entry.name));
      expect((mode & 0o777).toString(8), entry.name).toBe(entry.isDirectory() ? '700' : '600');
    }
    expect(parse(await readFile(alice.configPath, 'utf8'))).toEqual({
      version: '3.0',
      nodes: {
        default: { address: 'localhost:50051', cert: alice.certificate, key: alice.key, ca: alice.ca, isDefault: true },
      },
    });
  });

  it('are listed with what they are for and when they end, and not made twice', async () => {
    await certificates.init({});
    await issue('alice', 'reader');
    const rows = (await certificates.list()).map(({ kind, name, role }) => [kind, name, role]);
    expect(rows).toEqual([
      ['authority', expect.stringMatching(/^joblet CA [0-9a-f]{8}$/), undefined],
      ['server', 'joblet', undefined],
      ['client', 'alice', 'reader'],
    ]);
    await expect(certificates.init({})).rejects.toMatchObject({ code: 'E_CERTIFICATES_EXIST', exitCode: 2 });
  });

  it('are not issued for an unknown role, nor for a name that could leave the directory', async () => {
    await expect(issue('alice', 'emperor')).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(issue('../alice')).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(issue('alice')).rejects.toMatchObject({ code: 'E_CERTIFICATES_MISSING', exitCode: 9 });
  });
});
