import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { trustStoreOf } from './trust-store.js';

const pem = (text: string) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(text).toString('base64')}\n-----END CERTIFICATE-----\n`;

// That java opens it, and finds every authority of the host, is shown end to end.
describe('a trust store', () => {
  it('has each certificate of the bundle once, and the digest that java checks', () => {
    const store = trustStoreOf(`# a comment\n${pem('one')}${pem('two')}${pem('one')}`);
    expect(store.readUInt32BE(0)).toBe(0xfeedfeed);
    expect(store.readUInt32BE(8)).toBe(2);
    const password = Buffer.from('\0c\0h\0a\0n\0g\0e\0i\0t', 'latin1');
    const digest = createHash('sha1')
      .update(password)
      .update('Mighty Aphrodite')
      .update(store.subarray(0, -20))
      .digest();
    expect(store.subarray(-20)).toEqual(digest);
  });

  it('is the same for the same bundle', () => {
    expect(trustStoreOf(pem('one'))).toEqual(trustStoreOf(pem('one')));
  });
});
