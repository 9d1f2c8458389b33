import { chown, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetworkAccess } from '../../../core/contracts/host-network.js';
import type { IdMap } from '../../../core/contracts/id-map.js';
import type { Bind } from '../../../core/contracts/isolator.js';
import { renderSetting } from './apt-config.js';
import { renderCredentials, splitCredentials } from './archive-source.js';
import type { AptSetting, HostApt } from './host-apt.js';

/** Below a file system that is fresh in every root, so that nothing stays. */
const CONFIG = '/dev/host-apt.conf';
const NETRC = '/dev/host-apt-auth.conf';

/** A program or file of the host's that no root has. */
const isOfHost = ({ name, value }: AptSetting) => value.startsWith('/') || /::Proxy-Auto-Detect$/i.test(name);

/**
 * How an apt in a root reaches what the host's apt reaches: its proxies, time limits and passwords, in files of `directory`.
 * What the root's own configuration says wins.
 */
export async function rootAptAccess(apt: HostApt, directory: string, ids: IdMap): Promise<NetworkAccess> {
  const settings = apt.acquire.filter((setting) => !isOfHost(setting));
  const netrc = await credentialsOf(apt);
  const binds: Bind[] = [];
  const place = async (rootPath: string, text: string) => {
    const hostPath = join(directory, rootPath.slice('/dev/'.length));
    await writeFile(hostPath, text, { mode: 0o600 });
    await chown(hostPath, ids.hostStart, ids.hostStart);
    binds.push({ hostPath, rootPath });
  };
  if (netrc !== '') {
    await place(NETRC, netrc);
    settings.push({ name: 'Dir::Etc::netrc', value: NETRC });
  }
  await place(CONFIG, settings.map(renderSetting).join(''));
  return { env: { APT_CONFIG: CONFIG }, binds, secrets: [...settings.flatMap(passwordOf), ...passwordsOf(netrc)] };
}

/** All of apt_auth.conf(5) that the host has, and what stands in the addresses of its sources. */
async function credentialsOf(apt: HostApt): Promise<string> {
  const names = (await readdir(apt.netrcParts).catch(() => [])).filter((name) => name.endsWith('.conf')).sort();
  const files = [apt.netrc, ...names.map((name) => join(apt.netrcParts, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const inSources = apt.sources.map(splitCredentials).flatMap(({ credentials }) => (credentials ? [credentials] : []));
  return [renderCredentials(inSources), ...texts]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}

function passwordOf({ value }: AptSetting): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}

function passwordsOf(netrc: string): readonly string[] {
  return [...netrc.matchAll(/\bpassword\s+(\S+)/g)].map(([, password = '']) => password);
}
