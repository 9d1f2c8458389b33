import { expect, it } from 'vitest';
import { suggest } from './suggest.js';

const KEYS = ['schema_version', 'environment', 'pip', 'pip_options', 'hooks', 'timeout', 'python'];

it.each([
  ['enviroment', 'environment'],
  ['schemaVersion', 'schema_version'],
  ['pip-options', 'pip_options'],
  ['timout', 'timeout'],
  ['pyhton', 'python'],
  ['hook', 'hooks'],
  ['apt', undefined],
  ['windows', undefined],
  ['', undefined],
])('for %s suggests %s', (word, expected) => {
  expect(suggest(word, KEYS)).toBe(expected);
});
