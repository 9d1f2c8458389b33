import { existsSync } from 'node:fs';
import { inject, injectable } from 'tsyringe';
import { HOST, type Host } from '../../core/contracts/host.js';
import type { HostNetwork, NetworkAccess } from '../../core/contracts/host-network.js';
import type { Bind } from '../../core/contracts/isolator.js';

/** Where the distributions keep the bundle of authorities: Debian and Ubuntu; RHEL family; its older name. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
];

/**
 * A path of our own: a mount over the root's own bundle would break every package whose script renews it
 * (`update-ca-certificates`: "Device or resource busy").
 */
const BUNDLE_INSIDE = '/dev/host-authorities.pem';

/** What each family of programs reads instead of the system's bundle. */
const AUTHORITY_VARIABLES = [
  'SSL_CERT_FILE',
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'CARGO_HTTP_CAINFO',
  'NODE_EXTRA_CA_CERTS',
];

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** The host's resolver, authorities and proxies, for commands of a build that have the network. */
@injectable()
export class SystemHostNetwork implements HostNetwork {
  constructor(@inject(HOST) private readonly host: Host) {}

  authoritiesPath(): string | undefined {
    const named = this.host.env['SSL_CERT_FILE'];
    return [...(named ? [named] : []), ...BUNDLES].find((file) => existsSync(file));
  }

  async access(): Promise<NetworkAccess> {
    const env: Record<string, string> = {};
    const binds: Bind[] = [];
    const authorities = this.authoritiesPath();
    if (authorities !== undefined) {
      binds.push({ hostPath: authorities, rootPath: BUNDLE_INSIDE });
      for (const name of AUTHORITY_VARIABLES) env[name] = BUNDLE_INSIDE;
    }
    for (const file of ['/etc/resolv.conf', '/etc/hosts']) {
      if (existsSync(file)) binds.push({ hostPath: file, rootPath: file });
    }
    for (const name of PROXY_VARIABLES) {
      const value = this.host.env[name];
      if (value) env[name] = value;
    }
    return { env, binds, secrets: Object.values(env).flatMap(passwordOf) };
  }
}

function passwordOf(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password ? [decodeURIComponent(password)] : [];
}
