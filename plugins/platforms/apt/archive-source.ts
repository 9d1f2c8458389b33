/** One suite of one archive: what a line of sources.list(5) says. */
export interface ArchiveSource {
  readonly uri: string;
  /** Codename and suffix: `bookworm-updates`. */
  readonly suite: string;
  readonly components: readonly string[];
  /** Keyring files or fingerprints; empty: apt's trusted keys. */
  readonly signedBy: readonly string[];
  /** Other options, as written: `trusted` -> `yes`. */
  readonly options: ReadonlyMap<string, string>;
}

/** An inline key of a deb822 source, which stands in `signedBy` instead of a path. */
export function isInlineKey(signedBy: string): boolean {
  return signedBy.includes('-----BEGIN PGP');
}

/** One line of sources.list(5). */
export function renderSource(source: ArchiveSource): string {
  const options = [...source.options].map(([name, value]) => `${name}=${value}`);
  if (source.signedBy.length > 0) options.push(`signed-by=${source.signedBy.join(',')}`);
  const bracket = options.length > 0 ? `[${options.join(' ')}] ` : '';
  return `deb ${bracket}${source.uri} ${source.suite} ${source.components.join(' ')}`.trimEnd();
}

export function renderSources(sources: readonly ArchiveSource[]): string {
  return sources.map((source) => `${renderSource(source)}\n`).join('');
}

export interface Credentials {
  /** `http://host/path`, as apt_auth.conf(5) wants it for plain http too. */
  readonly machine: string;
  readonly login: string;
  readonly password: string;
}

/** Takes the user and password out of a source's URI: they belong into a file that only we can read. */
export function splitCredentials(source: ArchiveSource): {
  readonly source: ArchiveSource;
  readonly credentials?: Credentials;
} {
  const match = /^(https?:\/\/)([^/@]+)@(.*)$/.exec(source.uri);
  if (match === null) return { source };
  const [, scheme = '', userInfo = '', rest = ''] = match;
  const [login = '', ...password] = userInfo.split(':');
  return {
    source: { ...source, uri: `${scheme}${rest}` },
    credentials: {
      machine: `${scheme}${rest}`,
      login: decodeURIComponent(login),
      password: decodeURIComponent(password.join(':')),
    },
  };
}

export function renderCredentials(credentials: readonly Credentials[]): string {
  return credentials.map((c) => `machine ${c.machine} login ${c.login} password ${c.password}\n`).join('');
}
