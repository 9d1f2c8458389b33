import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '../../../core/errors/errors.js';

/** Where `rnx-config.yml` is looked for, first one first. */
export function configPlaces(home: string, directory: string): readonly string[] {
  const folders = [
    directory,
    path.join(directory, 'config'),
    path.join(home, '.rnx'),
    '/etc/joblet',
    '/opt/joblet/config',
  ];
  return folders.map((folder) => path.join(folder, 'rnx-config.yml'));
}

/**
 * The text of the client's config, undefined where there is none. One that others may read is refused, as ssh does with a private
 * key: it is the credential. `$RNX_CONFIG` alone counts where it is set.
 */
export function findConfig(around: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly directory: string;
}): { readonly file: string; readonly text: string } | undefined {
  const named = around.env['RNX_CONFIG'] || undefined;
  const places = named === undefined ? configPlaces(around.home, around.directory) : [named];
  for (const file of places) {
    const facts = statSync(file, { throwIfNoEntry: false });
    if (facts === undefined) continue;
    if ((facts.mode & 0o077) !== 0)
      throw usageError(`others may read ${file}, which holds a private key`, `close it: chmod 600 ${file}`);
    return { file, text: readFileSync(file, 'utf8') };
  }
  if (named !== undefined) throw usageError(`RNX_CONFIG names no file: ${named}`, 'correct or unset RNX_CONFIG');
  return undefined;
}
