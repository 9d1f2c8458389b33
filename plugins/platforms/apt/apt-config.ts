import { hostUnfit } from '../../../core/errors/errors.js';
import type { AptSetting, HostApt } from './host-apt.js';

export interface IndexPaths {
  /** Absolute; everything else is below it. */
  readonly directory: string;
  readonly config: string;
  readonly sourceList: string;
  readonly netrc: string;
  readonly lists: string;
  readonly keys: string;
}

export function indexPaths(directory: string): IndexPaths {
  return {
    directory,
    config: `${directory}/apt.conf`,
    sourceList: `${directory}/sources.list`,
    netrc: `${directory}/auth.conf`,
    lists: `${directory}/lists`,
    keys: `${directory}/keys`,
  };
}

/** So that an unreachable mirror is noticed in seconds; the host's own settings come after and win. */
const DEFAULTS: readonly AptSetting[] = [
  { name: 'Acquire::Retries', value: '1' },
  { name: 'Acquire::http::Timeout', value: '15' },
  { name: 'Acquire::https::Timeout', value: '15' },
];

/**
 * An apt that knows nothing of the host's packages: empty status, own lists and caches. `/dev/null` is apt's word for "no
 * such directory". It runs as root, since its files lie where apt's own user may not read.
 */
export function renderAptConfig(apt: HostApt, paths: IndexPaths, architecture: string): string {
  const settings: readonly AptSetting[] = [
    { name: 'APT::Architecture', value: architecture },
    { name: 'APT::Architectures', value: architecture },
    { name: 'APT::Install-Recommends', value: 'false' },
    { name: 'APT::Install-Suggests', value: 'false' },
    { name: 'APT::Sandbox::User', value: 'root' },
    { name: 'APT::Update::Error-Mode', value: 'any' },
    { name: 'APT::Cmd::Pattern-Only', value: 'true' },
    { name: 'Dir::Etc', value: paths.directory },
    { name: 'Dir::Etc::main', value: '/dev/null' },
    { name: 'Dir::Etc::parts', value: '/dev/null' },
    { name: 'Dir::Etc::preferences', value: '/dev/null' },
    { name: 'Dir::Etc::preferencesparts', value: '/dev/null' },
    { name: 'Dir::Etc::sourcelist', value: paths.sourceList },
    { name: 'Dir::Etc::sourceparts', value: '/dev/null' },
    { name: 'Dir::Etc::trusted', value: apt.trusted },
    { name: 'Dir::Etc::trustedparts', value: apt.trustedParts },
    { name: 'Dir::Etc::netrc', value: paths.netrc },
    { name: 'Dir::Etc::netrcparts', value: apt.netrcParts },
    { name: 'Dir::State', value: paths.directory },
    { name: 'Dir::State::lists', value: paths.lists },
    { name: 'Dir::State::status', value: `${paths.directory}/status` },
    { name: 'Dir::State::extended_states', value: `${paths.directory}/extended_states` },
    { name: 'Dir::Cache', value: `${paths.directory}/cache` },
    { name: 'Dir::Cache::pkgcache', value: 'pkgcache.bin' },
    { name: 'Dir::Cache::srcpkgcache', value: 'srcpkgcache.bin' },
    { name: 'Dir::Log', value: `${paths.directory}/log` },
    { name: 'Acquire::Languages', value: 'none' },
    // What --print-uris shows; Ubuntu's indexes have several kinds.
    { name: 'Acquire::ForceHash', value: 'SHA256' },
    ...DEFAULTS,
    ...apt.acquire,
  ];
  // Lists are cleared first: a value that apt has built in would stay beside ours.
  return `#clear APT::Architectures;\n#clear Acquire::Languages;\n${settings.map(renderSetting).join('')}`;
}

/** Throws E_HOST_UNFIT for what a value of apt.conf(5) cannot hold: it knows no way to write a quote or a line break. */
export function renderSetting({ name, value }: AptSetting): string {
  if (/["\n]/.test(value)) {
    throw hostUnfit(
      `apt cannot be told ${name}: ${JSON.stringify(value)} has a quote or a line break`,
      'use a store whose path has neither: --root or JOBLET_ROOT',
    );
  }
  return `${name} "${value}";\n`;
}

/** What of the host's settings stays in a root for hooks that call apt: no proxy, path or address of this machine. */
const PORTABLE =
  /^Acquire::(Check-(Valid-Until|Date)|Max-(Valid|Future)Time|Allow\w+Repositories|Retries|ForceIPv[46])$/i;

export function renderRootConfig(apt: HostApt): string {
  const settings = apt.acquire.filter(({ name }) => PORTABLE.test(name));
  return `Acquire::Languages "none";\n${settings.map(renderSetting).join('')}`;
}
