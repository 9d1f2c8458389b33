import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import type { IdMap } from '../../../core/contracts/id-map.js';
import { hostUnfit } from '../../../core/errors/errors.js';
import { isWithin, ownPrefixes } from './own-addresses.js';

/** What the host looked like when the network was made. */
export interface HostNetworkState {
  readonly ownPrefixes: readonly string[];
  /** /etc/resolv.conf. */
  readonly resolverConfiguration: string;
}

export function hostNetworkState(): HostNetworkState {
  return { ownPrefixes: ownPrefixes(), resolverConfiguration: read('/etc/resolv.conf') };
}

/** Link-local addresses: a cloud's metadata service answers there with the machine's credentials. */
const LINK_LOCAL = '169.254.0.0/16';

/** slirp4netns's resolver: it passes on to the host's. */
const RESOLVER = '10.0.2.3';

/**
 * Routes that keep the job from the host. slirp4netns connects to what the job asks for from the host's own network, so the
 * host's addresses would be the host itself; they get no route, in the job's namespace only. Of the resolver only the port
 * of name service stays open. It is left out where the host resolves by an address of its own that is no loopback: then
 * slirp4netns would open every port there.
 */
export function isolatedNetworkSteps(idMap: IdMap, host: HostNetworkState): readonly string[] {
  const closed = host.ownPrefixes.filter((prefix) => !prefix.startsWith('127.'));
  const resolver = /^\s*nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/m.exec(host.resolverConfiguration)?.[1];
  const lines = [
    'link set lo up',
    ...[LINK_LOCAL, ...closed].map((prefix) => `route add blackhole ${prefix}`),
    ...['udp', 'tcp'].map((protocol) => `rule add priority 100 to ${RESOLVER} ipproto ${protocol} dport 53 table main`),
    `rule add priority 101 to ${RESOLVER} blackhole`,
  ];
  const closedResolver = resolver !== undefined && isWithin(resolver, closed);
  const step = closedResolver ? 'isolated-network-without-names' : 'isolated-network';
  // slirp4netns runs as the last id of the job's range.
  return [step, lines.join('\n'), String(idMap.hostStart + idMap.size - 1)];
}

/** The launcher's own search path. */
const PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Throws E_HOST_UNFIT when this host lacks what an isolated network needs. */
export function checkIsolatedNetwork(directories: readonly string[] = PATH): void {
  if (!existsSync('/dev/net/tun')) {
    throw hostUnfit(
      'an isolated network needs /dev/net/tun',
      'load the module of the kernel that makes it: modprobe tun',
    );
  }
  const missing = ['slirp4netns', 'ip'].filter(
    (name) => !directories.some((directory) => isExecutable(`${directory}/${name}`)),
  );
  if (missing.length > 0) {
    throw hostUnfit(
      `an isolated network needs ${missing.join(' and ')}, not found`,
      'install them: apt-get install slirp4netns iproute2 (Debian, Ubuntu), or dnf install slirp4netns iproute',
    );
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
