import { FetchFailure } from './fetcher.js';

/** A value of a vendor's JSON or TOML, of which nothing is taken for granted. */
export class Document {
  constructor(
    private readonly value: unknown,
    private readonly where: string,
  ) {}

  static json(text: string, where: string): Document {
    try {
      return new Document(JSON.parse(text), where);
    } catch {
      throw new FetchFailure(`${where} answers with something else than JSON`);
    }
  }

  /** Undefined when there is none. */
  get(key: string): Document | undefined {
    const { value } = this;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return new Document(Object.getOwnPropertyDescriptor(value, key)?.value, this.where);
  }

  /** Follows the keys. */
  at(...keys: readonly string[]): Document {
    let found: Document | undefined = this;
    for (const key of keys) found = found?.get(key);
    if (found === undefined) throw this.unexpected(keys.join('.'));
    return found;
  }

  items(): readonly Document[] {
    if (!Array.isArray(this.value)) throw this.unexpected('a list');
    return this.value.map((item: unknown) => new Document(item, this.where));
  }

  /** Of a mapping. */
  get entries(): readonly (readonly [string, Document])[] {
    const { value } = this;
    if (typeof value !== 'object' || value === null) throw this.unexpected('a mapping');
    return Object.entries(value).map(([key, item]: [string, unknown]) => [key, new Document(item, this.where)]);
  }

  text(...keys: readonly string[]): string {
    const { value } = this.at(...keys);
    if (typeof value !== 'string' && typeof value !== 'number') throw this.unexpected(keys.join('.'));
    return String(value);
  }

  number(...keys: readonly string[]): number | undefined {
    const value = keys.reduce<Document | undefined>((found, key) => found?.get(key), this)?.value;
    return typeof value === 'number' ? value : undefined;
  }

  is(expected: unknown, ...keys: readonly string[]): boolean {
    return keys.reduce<Document | undefined>((found, key) => found?.get(key), this)?.value === expected;
  }

  private unexpected(what: string): FetchFailure {
    return new FetchFailure(`${this.where} has no ${what} where one is expected`);
  }
}

/** `sha256:…`, of a hash that a vendor publishes. */
export function sha256(hex: string, where: string): string {
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new FetchFailure(`${where} has a checksum that is none`);
  return `sha256:${hex.toLowerCase()}`;
}

/** `sha512:…`, of an integrity as npm registries have it: `sha512-BASE64`, among others. */
export function sha512(integrity: string, where: string): string {
  const digest = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?:\s|$)/.exec(integrity)?.[1];
  if (digest === undefined) throw new FetchFailure(`${where} has a package without a sha512`);
  return `sha512:${Buffer.from(digest, 'base64').toString('hex')}`;
}
