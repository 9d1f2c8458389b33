import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify, type TomlTable, type TomlValue } from 'smol-toml';
import type { Host } from '../../core/contracts/host.js';
import type { Bind } from '../../core/contracts/isolator.js';

/** Where the host's cargo gets crates from, and how. */
export interface CargoSettings {
  /** Text of a config.toml for the cargo of a root. It may hold tokens. */
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
  /** Directories of crates on the host that it names. */
  readonly binds: readonly Bind[];
  readonly secrets: readonly string[];
}

/** Settings that say where crates come from. All others are about the host's own projects, compilers and programs. */
const TAKEN: Readonly<Record<string, RegExp>> = {
  http: /^(?:proxy|timeout|low-speed-limit|multiplexing|ssl-version|user-agent)$/,
  net: /^retry$/,
  registry: /^token$/,
};
const TAKEN_OF_SOURCE = /^(?:registry|replace-with|local-registry|directory)$/;
const TAKEN_OF_REGISTRY = /^(?:index|token|protocol)$/;
const VARIABLE =
  /^CARGO_(?:REGISTRIES_\w+_(?:INDEX|TOKEN|PROTOCOL)|REGISTRY_TOKEN|HTTP_(?:PROXY|TIMEOUT|LOW_SPEED_LIMIT|MULTIPLEXING|SSL_VERSION|USER_AGENT)|NET_RETRY)$/;
const SOURCES = '/tmp/joblet-cargo-sources';

/** `config.toml` and `credentials.toml` of the user's cargo home, and `CARGO_…` variables, which cargo itself puts before them. */
export async function readCargoSettings({ env, home }: Host): Promise<CargoSettings> {
  const cargoHome = env['CARGO_HOME'] || path.join(home, '.cargo');
  // Where both are, cargo takes the one without an extension.
  const [config, credentials] = await Promise.all(
    ['config', 'credentials'].map(
      async (name) =>
        (await readTable(path.join(cargoHome, name))) ?? (await readTable(path.join(cargoHome, `${name}.toml`))) ?? {},
    ),
  );
  const binds: Bind[] = [];
  // A relative directory is meant from the directory that holds the one of the file.
  const bound = (value: TomlValue): TomlValue => {
    if (typeof value !== 'string') return value;
    const rootPath = `${SOURCES}/${binds.length}`;
    binds.push({ hostPath: path.resolve(path.dirname(cargoHome), value), rootPath });
    return rootPath;
  };
  const taken: TomlTable = {};
  for (const file of [config ?? {}, credentials ?? {}]) {
    for (const [section, keys] of Object.entries(TAKEN)) {
      merge(taken, section, pick(tableOf(file[section]), keys));
    }
    for (const [section, keys] of [
      ['source', TAKEN_OF_SOURCE],
      ['registries', TAKEN_OF_REGISTRY],
    ] as const) {
      for (const [name, value] of Object.entries(tableOf(file[section]))) {
        const own = pick(tableOf(value), keys);
        for (const key of ['local-registry', 'directory']) {
          if (own[key] !== undefined) own[key] = bound(own[key]);
        }
        const all = tableOf(taken[section]);
        merge(all, name, own);
        if (Object.keys(all).length > 0) taken[section] = all;
      }
    }
  }
  const variables = Object.entries(env).flatMap(([name, value]): readonly [string, string][] =>
    value && VARIABLE.test(name) ? [[name, value]] : [],
  );
  return { text: stringify(taken), env: Object.fromEntries(variables), binds, secrets: secretsOf(taken, variables) };
}

async function readTable(file: string): Promise<TomlTable | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch {
    // The host's own cargo refuses it, too; what it says is for its owner.
    return {};
  }
}

function pick(table: TomlTable, keys: RegExp): TomlTable {
  return Object.fromEntries(Object.entries(table).filter(([key]) => keys.test(key)));
}

function merge(into: TomlTable, name: string, values: TomlTable): void {
  if (Object.keys(values).length > 0) into[name] = { ...tableOf(into[name]), ...values };
}

function tableOf(value: TomlValue | undefined): TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) ? value : {};
}

function secretsOf(settings: TomlTable, variables: readonly (readonly [string, string])[]): readonly string[] {
  const found: string[] = variables.flatMap(([name, value]) =>
    name.endsWith('_TOKEN') ? [value, bareToken(value)] : passwordsOf(value),
  );
  const visit = (table: TomlTable) => {
    for (const [key, value] of Object.entries(table)) {
      if (typeof value === 'string') found.push(...(key === 'token' ? [value, bareToken(value)] : passwordsOf(value)));
      else visit(tableOf(value));
    }
  };
  visit(settings);
  return [...new Set(found)].filter((one) => one !== '');
}

/** A token may have the word of its kind before it: `Bearer eyJ…`. */
function bareToken(token: string): string {
  return token.slice(token.indexOf(' ') + 1);
}

/** Of `sparse+https://user:password@host/` or a proxy: what must not be shown, as written and decoded. */
function passwordsOf(value: string): readonly string[] {
  const url = value.replace(/^(?:sparse|registry)\+/, '');
  if (!URL.canParse(url)) return [];
  const { username, password } = new URL(url);
  const secret = password || username;
  if (secret === '') return [];
  try {
    return [secret, decodeURIComponent(secret)];
  } catch {
    return [secret];
  }
}
