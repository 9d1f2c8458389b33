import { type JobletError, networkFailed } from '../../core/pack-kit.js';
import type { PipSettings } from './host-pip-config.js';
import { listOf } from './pip-settings.js';

interface Cause {
  readonly pattern: RegExp;
  message(host: string): string;
  readonly hint: string;
}

const CAUSES: readonly Cause[] = [
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|confirming the ssl certificate|SSLCertVerificationError/i,
    message: (host) => `the certificate of ${host} is not trusted`,
    hint: "add its authority to the host's certificate bundle (update-ca-certificates), or name it in PIP_CERT",
  },
  {
    pattern: /SSLError|SSLEOFError|wrong version number/i,
    message: (host) => `no secure connection to ${host}`,
    hint: 'check that the index speaks https at this address',
  },
  {
    pattern: /Tunnel connection failed|ProxyError|407 Proxy/i,
    message: (host) => `the proxy does not let pip through to ${host}`,
    hint: 'check http_proxy, https_proxy and no_proxy',
  },
  {
    pattern: /\b401 Error|401 Client Error/,
    message: (host) => `${host} refused the credentials, or wants some`,
    hint: 'put user and password for it into ~/.netrc or into PIP_INDEX_URL of the environment, never into the YAML',
  },
  {
    pattern:
      /Name or service not known|name resolution|No address associated|NameResolutionError|nodename nor servname/i,
    message: (host) => `the name of the package index ${host} cannot be resolved`,
    hint: 'check the address of the index (pip_options, pip.conf, PIP_INDEX_URL) and the network',
  },
  {
    pattern: /Connection refused/i,
    message: (host) => `the package index ${host} refuses connections`,
    hint: 'check the address of the index (pip_options, pip.conf, PIP_INDEX_URL), or its server',
  },
  {
    pattern: /ERROR: HTTP error|Client Error:|Server Error:|too many 5\d\d error responses/,
    message: (host) => `the package index ${host} answers with an error`,
    hint: 'see the lines above; check the address, or try again later',
  },
  {
    pattern:
      /incomplete-download|timed out|Network is unreachable|No route to host|Connection reset|RemoteDisconnected|IncompleteRead|Connection broken|Connection aborted|Max retries exceeded/i,
    message: (host) => `the connection to the package index ${host} failed`,
    hint: 'check the network, then try again',
  },
];

/** Signs that pip gave up on a connection, in place of one that worked when it was tried again. */
const GAVE_UP =
  /Retry\(total=0|Could not fetch URL|Max retries exceeded|HTTP error|Client Error:|Server Error:|\b401 Error|Exception: |ERROR: .*(?:Connection|timed out|SSL)|IncompleteRead|ReadTimeoutError|ProtocolError|incomplete-download/;

/** The failure of the network behind pip's output, or undefined. */
export function networkCause(output: string, settings: PipSettings): JobletError | undefined {
  if (!GAVE_UP.test(output)) return undefined;
  const cause = CAUSES.find(({ pattern }) => pattern.test(output));
  if (cause === undefined) return undefined;
  return networkFailed(cause.message(hostOf(output, settings)), cause.hint, output.split('\n').slice(-20).join('\n'));
}

/** pip does not always say which host it spoke to: then it is the index, or one of several. */
function hostOf(output: string, settings: PipSettings): string {
  const named =
    /HTTPS?ConnectionPool\(host='([^']+)', port=(\d+)\)/.exec(output) ??
    /(?:for url|Could not fetch URL|not correct for) *:? *https?:\/\/(?:[^/@\s]*@)?([^/\s:]+)(?::(\d+))?/.exec(output);
  if (named?.[1]) return named[2] && !['443', '80'].includes(named[2]) ? `${named[1]}:${named[2]}` : named[1];
  const urls = [settings.get('index-url') ?? 'https://pypi.org/simple', ...listOf(settings.get('extra-index-url'))];
  return [...new Set(urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).host] : [])))].join(', ');
}
