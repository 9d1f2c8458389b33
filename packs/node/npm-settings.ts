import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'ini';
import type { Host } from '../../core/contracts/host.js';

/** Where the host's npm gets packages from, and how. */
export interface NpmSettings {
  /** By npm's names of them. They may hold passwords. */
  readonly values: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
}

/** Settings that say where packages come from. All others are about the host's own files, or about npm's output. */
const TAKEN = new RegExp(
  `^(?:registry|@[^/:]+:registry|//.+:(?:_authToken|_auth|_password|username|email|always-auth|certfile|keyfile)|${[
    '_auth',
    '_authToken',
    'before',
    'ca(?:\\[\\])?',
    'cafile',
    'cert',
    'fetch-(?:retries|retry-.+|timeout)',
    'https-proxy',
    'key',
    'legacy-peer-deps',
    'local-address',
    'maxsockets',
    'min-release-age',
    'noproxy',
    'proxy',
    'strict-ssl',
    'tag',
  ].join('|')})$`,
);
/** Keys whose value nobody may see, and those whose value is in base64: what it says is as secret. */
const SECRET = /(?:_authToken|_auth|_password|^key)$/;
const ENCODED = /(?:_auth|_password)$/;
/** Where Debian, others and npm's own package look for settings of the machine. */
const GLOBAL_FILES = ['/etc/npmrc', '/usr/etc/npmrc', '/usr/local/etc/npmrc'];

/** The files of the machine, of the user, and `npm_config_…` variables; what comes later wins, as in npm. */
export async function readNpmSettings(host: Host, globalFiles: readonly string[] = GLOBAL_FILES): Promise<NpmSettings> {
  const variable = (name: string) => host.env[`npm_config_${name}`] || host.env[`NPM_CONFIG_${name.toUpperCase()}`];
  const globalFile = variable('globalconfig');
  const files = [
    ...(globalFile ? [globalFile] : globalFiles),
    variable('userconfig') || path.join(host.home, '.npmrc'),
  ];
  const values = new Map<string, string>();
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text) for (const [key, value] of Object.entries(parse(text))) take(values, key, value, host);
  }
  for (const [name, value] of Object.entries(host.env)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    // An empty value is none.
    if (key !== undefined && value) take(values, settingName(key), value, host);
  }
  const secrets = [...values].flatMap(([key, value]) => secretsOf(key, value));
  return { values, secrets: [...new Set(secrets)].filter((one) => one !== '') };
}

/** `npm_config_fetch_retries` is `fetch-retries`; names of scopes and addresses are as they are. */
function settingName(name: string): string {
  return /^(?:@|\/\/|_)/.test(name) ? name : name.toLowerCase().replaceAll('_', '-');
}

function take(settings: Map<string, string>, key: string, value: unknown, { env }: Host): void {
  if (!TAKEN.test(key)) return;
  const texts = (Array.isArray(value) ? value : [value]).filter((one) => typeof one !== 'object').map(String);
  // A variable that is not set stays as it is written, as in npm.
  const expanded = texts.map((text) => text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole));
  if (expanded.length > 0) settings.set(key.replace(/\[\]$/, ''), expanded.join('\n'));
}

function secretsOf(key: string, value: string): readonly string[] {
  const own = SECRET.test(key) ? [value] : [];
  const said = ENCODED.test(key) ? [Buffer.from(value, 'base64').toString('utf8')] : [];
  const passwords = said.map((text) => (key.endsWith('_auth') ? text.replace(/^[^:]*:/, '') : text));
  return [...own, ...said, ...passwords, ...passwordsOfUrl(value)];
}

function passwordsOfUrl(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
