import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'ini';
import type { Host } from '../../core/contracts/host.js';

/** Where the host's npm gets packages from, and how. */
export interface NpmSettings {
  /** Text of a user configuration for the npm of a root. It may hold passwords. */
  readonly text: string;
  readonly secrets: readonly string[];
}

/** Settings that say where packages come from. All others are about the host's own files, or about npm's output. */
const TAKEN =
  /^(?:registry|@[^/:]+:registry|\/\/.+:(?:_authToken|_auth|_password|username|email|always-auth)|_auth|_authToken|strict-ssl|fetch-(?:retries|retry-.+|timeout)|before|min-release-age|legacy-peer-deps|tag|omit-lockfile-registry-resolved)$/;
const SECRET = /(?:_authToken|_auth|_password)$/;
/** Where Debian, others and npm's own package look for settings of the machine. */
const GLOBAL_FILES = ['/etc/npmrc', '/usr/etc/npmrc', '/usr/local/etc/npmrc'];

/** The files of the machine, of the user, and `npm_config_…` variables; what comes later wins, as in npm. */
export async function readNpmSettings(host: Host): Promise<NpmSettings> {
  const variable = (name: string) => host.env[`npm_config_${name}`] || host.env[`NPM_CONFIG_${name.toUpperCase()}`];
  const files = [
    ...(variable('globalconfig') ? [variable('globalconfig')] : GLOBAL_FILES),
    variable('userconfig') ?? path.join(host.home, '.npmrc'),
  ];
  const settings = new Map<string, string>();
  for (const file of files) {
    const text = file && (await readFile(file, 'utf8').catch(() => undefined));
    if (text) for (const [key, value] of Object.entries(parse(text))) take(settings, key, value, host);
  }
  for (const [name, value] of Object.entries(host.env)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    // An empty value is none.
    if (key !== undefined && value) take(settings, settingName(key), value, host);
  }
  const secrets = [...settings].flatMap(([key, value]) => [
    ...(SECRET.test(key) ? [value] : []),
    ...passwordsOfUrl(value),
  ]);
  const lines = [...settings].map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  return { text: lines.join(''), secrets: [...new Set(secrets)].filter((one) => one.length > 0) };
}

/** `npm_config_fetch_retries` is `fetch-retries`; names of scopes and addresses are as they are. */
function settingName(name: string): string {
  return /^(?:@|\/\/|_)/.test(name) ? name : name.toLowerCase().replaceAll('_', '-');
}

function take(settings: Map<string, string>, key: string, value: unknown, { env }: Host): void {
  if (!TAKEN.test(key) || (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number'))
    return;
  // A variable that is not set stays as it is written, as in npm.
  settings.set(
    key,
    String(value).replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole),
  );
}

function passwordsOfUrl(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
