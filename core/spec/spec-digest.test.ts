import { expect, it } from 'vitest';
import { specOptions } from '../../fixtures/spec-options.js';
import { parseSpecText } from './parse-spec.js';
import { specDigest } from './spec-digest.js';

const digest = (text: string): string => specDigest(parseSpecText(text, specOptions).spec);

const SPEC = `schema_version: "1.0"
name: sample
version: 1.0.0
description: A sample
base:
  language: python
  version: "3.11"
environment:
  A: "1"
  B: "2"
hooks:
  pre_install: echo one
`;

it('is the same whatever the comments, the quotes and the order of keys', () => {
  const other = `# a comment
hooks: {pre_install: "echo one"}
environment: {B: '2', A: '1'}
base: {version: 3.11, language: python}
description: 'A sample'
version: 1.0.0
name: sample
schema_version: 1.0
`;
  expect(digest(other)).toBe(digest(SPEC));
  expect(digest(SPEC)).toMatch(/^sha256:[0-9a-f]{64}$/);
});

it.each([
  ['a variable', 'A: "1"', 'A: "3"'],
  ['a hook', 'echo one', 'echo two'],
  ['the description', 'A sample', 'B sample'],
  ['the version of the language', '3.11', '3.12'],
])('changes with %s', (_what, old, changed) => {
  expect(digest(SPEC.replace(old, changed))).not.toBe(digest(SPEC));
});
