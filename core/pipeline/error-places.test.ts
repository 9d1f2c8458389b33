import { expect, test } from 'vitest';
import { JobletError } from '../errors/joblet-error.js';
import { parseSpecText } from '../spec/parse-spec.js';
import { placesOf } from './error-places.js';

const parsed = parseSpecText(
  'schema_version: "1.0"\nname: a\nversion: 1.0.0\ndescription: b\nbase:\n  language: c\n  version: "1"\nlibraries:\n  - one\n  - two\n',
  {
    packs: [
      {
        id: 'c',
        title: 'C',
        keys: [],
        versionSchema: { type: 'string' },
        drop: [],
        checkSpec: () => [],
        knownVersions: [],
        distributionPackages: () => [],
        plan: async () => ({ packages: [], extraBuild: [], data: null }),
        install: async () => [],
        environment: () => ({}),
        smokeTest: () => [],
      },
    ],
  },
);
const errorWith = (details: Record<string, unknown>) =>
  new JobletError({ code: 'E_TEST', message: 'no', exit: 'package', details });

test('an error about an item of the spec gets the item’s line', () => {
  expect(placesOf(errorWith({ path: ['libraries', 1] }), parsed)).toEqual([
    { file: 'runtime.yaml', line: 10, column: 5, source: '  - two' },
  ]);
});

test('an error about several items gets each line once, in the file’s order', () => {
  const problems = [{ path: ['libraries', 1] }, { path: ['libraries', 0] }];
  const places = placesOf(errorWith({ path: ['libraries', 1], problems }), parsed);
  expect(places.map(({ line }) => line)).toEqual([9, 10]);
});

test('a path of the host in the details is no place of the spec', () => {
  expect(placesOf(errorWith({ path: '/etc/passwd' }), parsed)).toEqual([]);
});
