import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * An environment whose home has just these files, and in which no setting of this machine says where packages come from:
 * for pip, cargo and npm, an empty value is none.
 */
export function ownHome(files: Readonly<Record<string, string>> = {}): Record<string, string> {
  const home = mkdtempSync(path.join(tmpdir(), 'home-'));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(home, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
  }
  const unset = [
    ...Object.keys(process.env).filter((name) => /^(?:PIP_|CARGO_|npm_config_)/i.test(name)),
    ...['XDG_CONFIG_HOME', 'NETRC', 'all_proxy', 'http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [
      name,
      name.toUpperCase(),
    ]),
  ];
  return { ...Object.fromEntries(unset.map((name) => [name, ''])), HOME: home };
}
