import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../core/contracts/host.js';

/** Where the host's go gets modules from. */
export interface GoSettings {
  /** GOPROXY and the like. */
  readonly env: Readonly<Record<string, string>>;
  /** The user's passwords for hosts. */
  readonly netrc: string | undefined;
  readonly secrets: readonly string[];
}

const NAMES = ['GOPROXY', 'GOSUMDB', 'GOPRIVATE', 'GONOPROXY', 'GONOSUMDB', 'GONOSUMCHECK', 'GOINSECURE', 'GOVCS'];

/** What `go env -w` has written, under the host's variables; go reads both. */
export async function readGoSettings({ env, home }: Host): Promise<GoSettings> {
  const file = env['GOENV'] || path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'go/env');
  const written = file === 'off' ? '' : await readFile(file, 'utf8').catch(() => '');
  const lines = new Map(
    written.split('\n').flatMap((line): readonly [string, string][] => {
      const equals = line.indexOf('=');
      return equals < 0 ? [] : [[line.slice(0, equals).trim(), line.slice(equals + 1).trim()]];
    }),
  );
  const found = NAMES.flatMap((name): readonly [string, string][] => {
    const value = env[name] || lines.get(name);
    return value ? [[name, value]] : [];
  });
  const netrc = await readFile(env['NETRC'] || path.join(home, '.netrc'), 'utf8').catch(() => undefined);
  const passwords = [...(netrc ?? '').matchAll(/\bpassword\s+("(?:[^"\\]|\\.)*"|\S+)/g)].map(([, one = '']) =>
    one.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1'),
  );
  const secrets = [...found.flatMap(([, value]) => value.split(/[,|\s]/).flatMap(secretsOfUrl)), ...passwords];
  return { env: Object.fromEntries(found), netrc, secrets: [...new Set(secrets)].filter((one) => one !== '') };
}

/** A token may stand where the user's name does. */
function secretsOfUrl(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { username, password } = new URL(value);
  const secret = password || username;
  if (secret === '') return [];
  try {
    return [secret, decodeURIComponent(secret)];
  } catch {
    // A percent sign that encodes nothing.
    return [secret];
  }
}
