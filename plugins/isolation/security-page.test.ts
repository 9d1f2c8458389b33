import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');

/** `FILE`: "TITLE", "TITLE"; `FILE`: … */
function namedTests(page: string): readonly { readonly file: string; readonly title: string }[] {
  return [...page.matchAll(/`([\w/.-]+\.test\.ts)`: ((?:"[^"]+"[,;]? ?)+)/g)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
  );
}

/** Rows of the abuse suite's tables stand beside it. */
const TABLES: Readonly<Record<string, string>> = { 'test/abuse.test.ts': 'test/support/abuses.ts' };

/** A title is a whole string of the source: of a test, or of a row that a test is made of. */
function hasTitle(source: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}

describe('docs/security.md', () => {
  const page = read('docs/security.md');
  const tests = namedTests(page);

  it('names tests, and no row of its tables does without one', () => {
    expect(tests.length).toBeGreaterThan(50);
    const rows = page.split('\n').filter((line) => /^\| (?!Promise|Class|---)/.test(line));
    expect(rows.filter((row) => namedTests(row).length === 0 && !row.startsWith('|---'))).toEqual([]);
  });

  it.each(tests)('names a test that is there: $file "$title"', ({ file, title }) => {
    const sources = [file, TABLES[file]].filter((name) => name !== undefined).map(read);
    expect(sources.some((source) => hasTitle(source, title))).toBe(true);
  });
});
