import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { usageError } from '../../../core/errors/errors.js';
import { clientConfig } from './client-config.js';
import { certificateNotFound, certificatesExist, certificatesMissing } from './errors.js';
import { ROLES } from './roles.js';
import type { Curve, KeyedCertificate, Validity } from './sign.js';
import { crossSign, makeAuthority, makeLeaf, makeRevocationList, serialOf } from './sign.js';

const DAY_MS = 86_400_000;
/** Clocks of clients differ. */
const SKEW_MS = 5 * 60_000;
/** Clients look for one of these, or for the host of the address. */
const USUAL_NAMES = ['joblet', 'localhost', '127.0.0.1', '::1'];
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const HOST = /^[A-Za-z0-9*_.:-]{1,253}$/;

/** What is known of a certificate without its key; dates are RFC 3339. */
export interface IssuedCertificate {
  readonly kind: 'authority' | 'server' | 'client';
  readonly name: string;
  readonly role?: string;
  readonly names?: readonly string[];
  readonly serial: string;
  /** Serial number of the authority that signed it. */
  readonly authority: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly revokedAt?: string;
}

interface Authority extends KeyedCertificate {
  readonly serial: string;
}

/** What holds for all: the newest authority comes last, and it signs. */
interface State {
  readonly version: 1;
  readonly authorities: readonly Authority[];
  readonly issued: readonly IssuedCertificate[];
}

/** What a TLS server needs, PEM text. */
export interface ServerMaterial {
  /** With the new authority as the old one signed it, while both are trusted. */
  readonly cert: string;
  readonly key: string;
  readonly ca: readonly string[];
  /** One of each authority: OpenSSL refuses certificates of one that has none. */
  readonly crl: readonly string[];
}

export interface ClientCertificate extends KeyedCertificate {
  readonly issued: IssuedCertificate;
  /** Trusted authorities, one PEM text. */
  readonly ca: string;
  /** The file that `rnx` on another machine needs. */
  readonly configPath: string;
}

/** Certificates of one store, in its `config/certificates`: closed to other users, each file replaced as a whole. */
export class CertificateStore {
  readonly #directory: string;
  readonly #now: () => Date;

  constructor(options: { readonly root: string; readonly now: () => Date }) {
    this.#directory = path.join(options.root, 'config/certificates');
    this.#now = options.now;
  }

  /** Makes the authority and the server's certificate. */
  async init(options: { readonly names?: readonly string[]; readonly curve?: Curve }): Promise<IssuedCertificate> {
    if ((await this.#find()) !== undefined) throw certificatesExist(this.#directory);
    await mkdir(path.join(this.#directory, 'clients'), { recursive: true, mode: 0o700 });
    await chmod(this.#directory, 0o700);
    const names = [...new Set([...USUAL_NAMES, ...(options.names ?? []).map(checkHost)])];
    return this.#newServer(await this.#addAuthority({ version: 1, authorities: [], issued: [] }, options.curve), names);
  }

  /** A client's certificate, and its config file with all that it needs. */
  async issue(options: {
    readonly name: string;
    readonly role: string;
    /** `HOST:PORT` that the client will call. */
    readonly address: string;
    /** @default 365 */
    readonly days?: number;
    readonly curve?: Curve;
  }): Promise<ClientCertificate> {
    const { name, role, address, days = 365, curve } = options;
    if (!NAME.test(name)) throw usageError(`bad name of a client: ${name}`, 'letters, digits and . _ @ - (at most 64)');
    if (!ROLES.some((known) => known === role)) throw usageError(`unknown role: ${role}`, `roles: ${ROLES.join(', ')}`);
    const state = await this.#state();
    const request = { commonName: name, role, purpose: 'client' as const, ...this.#validity(days) };
    const made = await makeLeaf(signerOf(state), { ...request, ...(curve === undefined ? {} : { curve }) });
    const issued = this.#record(state, made, { kind: 'client', name, role }, request);
    await this.#save({ ...state, issued: [...state.issued, issued] });
    const ca = trusted(state).join('');
    const configPath = path.join(this.#directory, 'clients', `${name}-${role}.yml`);
    await write(configPath, clientConfig({ address, cert: made.certificate, key: made.key, ca }));
    return { ...made, issued, ca, configPath };
  }

  /** A new server certificate; with `authority` from a new authority, while the old one stays trusted until it runs out. */
  async rotate(options: {
    readonly authority?: boolean;
    readonly names?: readonly string[];
  }): Promise<IssuedCertificate> {
    const state = await this.#state();
    const last = state.issued.findLast(({ kind }) => kind === 'server');
    const names = [...new Set([...(last?.names ?? USUAL_NAMES), ...(options.names ?? []).map(checkHost)])];
    return this.#newServer(options.authority ? await this.#addAuthority(state) : state, names);
  }

  /** By serial number, or by a client's name: then all certificates of it. Returns those that were not revoked before. */
  async revoke(wanted: string): Promise<readonly IssuedCertificate[]> {
    const state = await this.#state();
    const isWanted = ({ kind, serial, name }: IssuedCertificate) =>
      kind !== 'authority' && (serial === wanted.toLowerCase() || (kind === 'client' && name === wanted));
    if (!state.issued.some(isWanted)) throw certificateNotFound(wanted);
    const at = this.#now().toISOString();
    const revoked = state.issued.filter((one) => isWanted(one) && one.revokedAt === undefined);
    const issued = state.issued.map((one) => (revoked.includes(one) ? { ...one, revokedAt: at } : one));
    await this.#save({ ...state, issued });
    return revoked.map((one) => ({ ...one, revokedAt: at }));
  }

  async list(): Promise<readonly IssuedCertificate[]> {
    return (await this.#state()).issued;
  }

  async serverMaterial(): Promise<ServerMaterial> {
    const state = await this.#state();
    const [cert, key, crl] = await Promise.all(
      ['server.crt', 'server.key', 'revoked.crl'].map((name) => readFile(path.join(this.#directory, name), 'utf8')),
    );
    return {
      cert: cert ?? '',
      key: key ?? '',
      ca: trusted(state),
      crl: (crl ?? '').split(/(?<=-----END X509 CRL-----\n)/),
    };
  }

  async #addAuthority(state: State, curve?: Curve): Promise<State> {
    const validity = this.#validity(3650);
    // Each has a name of its own: two of one name would be mistaken for each other where revocations are looked up.
    const name = `joblet CA ${randomBytes(4).toString('hex')}`;
    const made = await makeAuthority({ commonName: name, ...validity, ...(curve === undefined ? {} : { curve }) });
    const serial = serialOf(made.certificate);
    const authorities = [...state.authorities, { ...made, serial }];
    const next = { ...state, authorities };
    return { ...next, issued: [...state.issued, this.#record(next, made, { kind: 'authority', name }, validity)] };
  }

  async #newServer(state: State, names: readonly string[]): Promise<IssuedCertificate> {
    const signer = signerOf(state);
    const request = { commonName: 'joblet', purpose: 'server' as const, names, ...this.#validity(825) };
    const made = await makeLeaf(signer, request);
    const before = state.authorities.at(-2);
    const chain = before === undefined ? '' : await crossSign(before, signer.certificate);
    const issued = this.#record(state, made, { kind: 'server', name: 'joblet', names }, request);
    await write(path.join(this.#directory, 'server.key'), made.key);
    await write(path.join(this.#directory, 'server.crt'), withNewline(made.certificate) + chain);
    await this.#save({ ...state, issued: [...state.issued, issued] });
    return issued;
  }

  #record(
    state: State,
    made: KeyedCertificate,
    facts: Pick<IssuedCertificate, 'kind' | 'name' | 'role' | 'names'>,
    { notBefore, notAfter }: Validity,
  ): IssuedCertificate {
    const dates = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
    return { ...facts, serial: serialOf(made.certificate), authority: signerOf(state).serial, ...dates };
  }

  #validity(days: number): Validity {
    const now = this.#now().getTime();
    return { notBefore: new Date(now - SKEW_MS), notAfter: new Date(now + days * DAY_MS) };
  }

  /** Revocations are written before the state that says so: one that is listed holds. */
  async #save(state: State): Promise<void> {
    const lists = state.authorities.map((authority) => {
      const revoked = state.issued.filter((one) => one.authority === authority.serial && one.revokedAt !== undefined);
      const entries = revoked.map(({ serial, revokedAt = '' }) => ({ serial, at: new Date(revokedAt) }));
      return makeRevocationList(authority, entries, this.#now());
    });
    await write(path.join(this.#directory, 'revoked.crl'), (await Promise.all(lists)).map(withNewline).join(''));
    await write(path.join(this.#directory, 'ca.crt'), trusted(state).join(''));
    await write(this.#statePath, `${JSON.stringify(state, null, 2)}\n`);
  }

  get #statePath(): string {
    return path.join(this.#directory, 'authority.json');
  }

  async #state(): Promise<State> {
    const state = await this.#find();
    if (state === undefined) throw certificatesMissing(this.#directory);
    return state;
  }

  async #find(): Promise<State | undefined> {
    const text = await readFile(this.#statePath, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : JSON.parse(text);
  }
}

function signerOf(state: State): Authority {
  const authority = state.authorities.at(-1);
  if (authority === undefined) throw new Error('no authority signs');
  return authority;
}

const withNewline = (pem: string) => (pem.endsWith('\n') ? pem : `${pem}\n`);
const trusted = (state: State) => state.authorities.map(({ certificate }) => withNewline(certificate));

function checkHost(name: string): string {
  if (!HOST.test(name)) throw usageError(`bad name of a server: ${name}`, 'give a host name or an IP address');
  return name;
}

/** Holds keys: closed to others from the start, and never half-written. */
async function write(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
