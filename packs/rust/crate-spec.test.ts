import { expect, it } from 'vitest';
import type { PackRequest } from '../../core/contracts/language-pack.js';
import { checkRustSpec } from './check-spec.js';
import { parseCrateSpec, pathOf } from './crate-spec.js';

function request(...cargo: readonly string[]): PackRequest {
  return { role: 'base', version: '1.85', values: { cargo } };
}

it.each([
  ['ripgrep', 'ripgrep', '*'],
  ['serde@1.0.200', 'serde', '=1.0.200'],
  ['rand@0.8', 'rand', '0.8'],
  ['rand@^0.8.1', 'rand', '^0.8.1'],
  ['tokio@>=1.2, <2', 'tokio', '>=1.2, <2'],
  ['a_b@1.0.0-beta.1', 'a_b', '=1.0.0-beta.1'],
  ['zstd-sys@2.0.10+zstd.1.5.6', 'zstd-sys', '=2.0.10+zstd.1.5.6'],
])('reads %s', (entry, name, requirement) => {
  expect(parseCrateSpec(entry)).toEqual({ name, requirement });
});

it.each(['', '--git', '-v', 'serde@', 'serde@latest', 'serde 1.0', 'a/b', 'https://x.test/y', 'serde@1.0"'])(
  'takes %j for no crate',
  (entry) => {
    expect(parseCrateSpec(entry)).toBeUndefined();
    expect(checkRustSpec(request('itoa', entry))).toMatchObject([{ path: ['cargo', 1] }]);
  },
);

it('finds one crate under both of its spellings', () => {
  expect(checkRustSpec(request('proc-macro2', 'proc_macro2@1'))).toMatchObject([{ path: ['cargo', 1] }]);
  expect(pathOf(request('itoa', 'serde_json@1'), 'serde-json')).toEqual(['cargo', 1]);
  expect(pathOf(request('itoa'), 'ryu')).toBeUndefined();
});
