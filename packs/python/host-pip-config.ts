import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../core/contracts/host.js';
import { parsePipConf } from './pip-conf.js';

/**
 * What of a host's pip configuration says where packages come from. The rest (target folders, users, logs, caches) is
 * about the host's own pythons and stays behind.
 */
const KEYS: ReadonlySet<string> = new Set([
  'index-url',
  'extra-index-url',
  'find-links',
  'no-index',
  'trusted-host',
  'timeout',
  'retries',
  'proxy',
  'cert',
  'client-cert',
  'pre',
  'prefer-binary',
  'only-binary',
  'no-binary',
]);

/** pip's settings by the long names of its options; a list is separated by white space, as in pip.conf. */
export type PipSettings = ReadonlyMap<string, string>;

/** The host's settings for `pip install`, in pip's order of precedence. */
export async function readHostPipConfig(host: Host): Promise<PipSettings> {
  const settings = new Map<string, string>();
  const texts = await Promise.all(configFiles(host).map((file) => readFile(file, 'utf8').catch(() => '')));
  const files = texts.map(parsePipConf);
  for (const section of ['global', 'install']) {
    const merged = new Map(files.flatMap((file) => [...(file.get(section) ?? [])]));
    for (const [key, value] of merged) keep(settings, key, value);
  }
  for (const [name, value] of Object.entries(host.env)) {
    const key = /^PIP_([A-Z][A-Z0-9_]*)$/.exec(name)?.[1];
    if (key !== undefined && value !== undefined) keep(settings, key.toLowerCase().replaceAll('_', '-'), value);
  }
  return settings;
}

/** An empty value does not count for pip: it neither sets nor unsets. */
function keep(settings: Map<string, string>, key: string, value: string): void {
  const name = key === 'default-timeout' ? 'timeout' : key;
  if (KEYS.has(name) && value !== '') settings.set(name, value);
}

/** Lowest precedence first. A PIP_CONFIG_FILE takes the place of the user's files; /dev/null as its value, of all files. */
function configFiles({ env, home }: Host): readonly string[] {
  const own = env['PIP_CONFIG_FILE'];
  if (own === '/dev/null') return [];
  const machine = [
    ...(env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').map((dir) => path.join(dir, 'pip/pip.conf')),
    '/etc/pip.conf',
  ];
  if (own && existsSync(own)) return [...machine, own];
  const configHome = env['XDG_CONFIG_HOME'] || path.join(home, '.config');
  return [...machine, path.join(home, '.pip/pip.conf'), path.join(configHome, 'pip/pip.conf')];
}
