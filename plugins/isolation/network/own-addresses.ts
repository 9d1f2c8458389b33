import { readFileSync } from 'node:fs';

/**
 * Every IPv4 prefix that this host takes for its own, as the kernel's routing table has them: addresses of all interfaces,
 * of those without a carrier too (an idle bridge), and whole ranges that someone routed to the host. Node's list of
 * interfaces lacks both.
 */
export function ownPrefixes(table: string = readFileSync('/proc/net/fib_trie', 'utf8')): string[] {
  const prefixes = new Set<string>();
  let address: string | undefined;
  for (const line of table.split('\n')) {
    address = /^\s*\|-- ([0-9.]+)$/.exec(line)?.[1] ?? address;
    const length = /^\s*\/(\d+) host LOCAL$/.exec(line)?.[1];
    if (address !== undefined && length !== undefined) prefixes.add(`${address}/${length}`);
  }
  return [...prefixes];
}

/** True when the address lies in one of the prefixes. */
export function isWithin(address: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    const [base = '', length = '32'] = prefix.split('/');
    const size = 2 ** (32 - Number(length));
    return Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size);
  });
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
