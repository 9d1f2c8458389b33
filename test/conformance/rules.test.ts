import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from './rules.js';

test('docs/conformance.md has every rule, in order', () => {
  const page = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, id, title]) => ({ id, title }));
  expect(rows.slice(-RULES.length)).toEqual(RULES);
});
