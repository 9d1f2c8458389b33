import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exitStatus } from './exit-status.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documented = new Map(
  [...readFileSync(`${root}docs/errors.md`, 'utf8').matchAll(/^\| `(E_[A-Z_]+)` \| (\d+) \|/gm)].map(
    ([, code = '', status]) => [code, Number(status)],
  ),
);

/** Code and exit name of each JobletError that the sources make. */
const made = new Map(
  ['core', 'plugins', 'packs', 'cli'].flatMap(sourcesOf).flatMap((file) => {
    const errors = readFileSync(file, 'utf8').matchAll(/code: '(E_[A-Z_]+)'(?:(?!code: )[\s\S])*?exit: '(\w+)'/g);
    return [...errors].map(([, code = '', exit = '']) => [code, exit] as const);
  }),
);

function sourcesOf(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .filter((file) => !file.includes('/test-support/'));
}

describe('docs/errors.md', () => {
  it('has exactly the codes that the sources have', () => {
    expect([...documented.keys()].sort()).toEqual([...made.keys()].sort());
  });

  it.each([...made])('says with which status %s ends (%s)', (code, exit) => {
    expect(documented.get(code)).toBe(Object.entries(exitStatus).find(([name]) => name === exit)?.[1]);
  });
});

describe('docs/cli.md', () => {
  it('has every exit status', () => {
    const listed = [...readFileSync(`${root}docs/cli.md`, 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, s]) => Number(s));
    expect(listed).toEqual(expect.arrayContaining(Object.values(exitStatus)));
  });
});
