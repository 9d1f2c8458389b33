import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../core/contracts/host.js';

/** What the host says about Maven repositories: mirrors, proxies, credentials. */
export interface MavenSettings {
  /** Name -> content: `settings.xml`, `settings-security.xml`, `global-settings.xml`, `environment`. */
  readonly files: ReadonlyMap<string, string>;
  /** What must not be shown. */
  readonly secrets: readonly string[];
}

const GLOBAL = '/etc/maven/settings.xml';

/** The caller's `~/.m2/settings.xml` over the machine's, as Maven itself takes them; Maven reads them, in the root. */
export async function readMavenSettings({ env, home }: Host, globalFile = GLOBAL): Promise<MavenSettings> {
  const files = new Map<string, string>();
  for (const [name, file] of [
    ['settings.xml', path.join(home, '.m2/settings.xml')],
    ['settings-security.xml', path.join(home, '.m2/settings-security.xml')],
    ['global-settings.xml', globalFile],
  ] as const) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) files.set(name, text);
  }
  const text = [...files.values()].join('\n');
  const used = [...new Set([...text.matchAll(/\$\{env\.([A-Za-z_]\w*)\}/g)].map(([, name]) => name ?? ''))];
  const values = used.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  if (values.length > 0) files.set('environment', values.map(([name, value]) => propertyLine(name, value)).join(''));
  return { files, secrets: [...new Set([...secretsIn(text), ...values.map(([, value]) => value)])].filter(Boolean) };
}

/** Texts of elements that Maven keeps secret, but for references to variables. */
function secretsIn(xml: string): readonly string[] {
  const found = [...xml.matchAll(/<(password|passphrase|master)>([^<]*)<\/\1>/g)].map(([, , text]) => text ?? '');
  return found.map((text) => decodeXml(text.trim())).filter((text) => text !== '' && !/^\$\{.*\}$/.test(text));
}

function decodeXml(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (whole, name: string) => named[name] ?? whole);
}

/** A line of a properties file; every character that could mean something is escaped. */
function propertyLine(name: string, value: string): string {
  const escaped = [...value].flatMap((character) =>
    /[A-Za-z0-9]/.test(character)
      ? [character]
      : Array.from({ length: character.length }, (_, at) => unicode(character.charCodeAt(at))),
  );
  return `env.${name}=${escaped.join('')}\n`;
}

function unicode(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
