import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../core/contracts/host.js';

export interface Netrc {
  readonly text: string;
  readonly passwords: readonly string[];
}

/** The caller's netrc (the file that NETRC names, else ~/.netrc), or undefined. */
export async function readNetrc({ env, home }: Host): Promise<Netrc | undefined> {
  const text = await readFile(env['NETRC'] || path.join(home, '.netrc'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const passwords = [...text.matchAll(/\bpassword\s+("[^"]*"|\S+)/g)].map(([, word]) =>
    (word ?? '').replace(/^"|"$/g, ''),
  );
  return { text, passwords };
}
