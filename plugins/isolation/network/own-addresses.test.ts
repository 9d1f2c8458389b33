import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isWithin, ownPrefixes } from './own-addresses.js';

const TABLE = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.7
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
Local:
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
     |-- 198.51.100.0
        /24 host LOCAL
     |-- 192.0.2.7
        /32 host LOCAL
`;

describe('the addresses of a host', () => {
  it('are all that the routing table calls local, once', () => {
    expect(ownPrefixes(TABLE)).toEqual(['192.0.2.7/32', '127.0.0.0/8', '127.0.0.1/32', '198.51.100.0/24']);
  });

  it('include, on this host, those of every interface', () => {
    const own = ownPrefixes();
    for (const { family, address } of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])) {
      if (family === 'IPv4') expect(own).toContain(`${address}/32`);
    }
  });

  it('are compared by their prefix', () => {
    expect(isWithin('198.51.100.99', ['198.51.100.0/24'])).toBe(true);
    expect(isWithin('198.51.101.99', ['198.51.100.0/24', '198.51.101.98/32'])).toBe(false);
    expect(isWithin('255.255.255.255', ['255.255.255.255/32'])).toBe(true);
  });
});
