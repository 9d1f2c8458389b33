import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writePrivateFile } from '../../core/pack-kit.js';
import type { NodeHost } from './node-host.js';
import type { NpmSettings } from './npm-settings.js';

/** Settings whose value is the name of a file of the host. */
const NAMES_FILE = /^(?:cafile|\/\/.+:(?:certfile|keyfile))$/;

/**
 * Writes `npmrc` into a directory that roots see as `inside`, and beside it the files that it names. Authorities of npm's own take the
 * place of all others: the host's are put beside them.
 */
export async function writeNpmrc(settings: NpmSettings, dir: string, inside: string, own: NodeHost): Promise<void> {
  const values = new Map(settings.values);
  const bundle = own.network.authoritiesPath();
  let count = 0;
  for (const [key, file] of settings.values) {
    if (!NAMES_FILE.test(key)) continue;
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined) {
      values.delete(key);
      continue;
    }
    const name = `file-${count++}.pem`;
    const host = key === 'cafile' && bundle !== undefined ? await readFile(bundle) : Buffer.alloc(0);
    const both = host.equals(content) ? content : Buffer.concat([content, Buffer.from('\n'), host]);
    await writePrivateFile(path.join(dir, name), both, own.ids);
    values.set(key, `${inside}/${name}`);
  }
  const lines = [...values].map(([key, value]) =>
    key === 'ca'
      ? value.split('\n').map((one) => `ca[] = ${JSON.stringify(one)}\n`)
      : `${key} = ${JSON.stringify(value)}\n`,
  );
  await writePrivateFile(path.join(dir, 'npmrc'), lines.flat().join(''), own.ids);
}
