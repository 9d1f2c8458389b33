import { expect, it } from 'vitest';
import type { PackRequest } from '../../core/contracts/language-pack.js';
import { cargoError } from './cargo-failure.js';

const request: PackRequest = { role: 'base', version: '1.63', values: { cargo: ['itoa', 'serde@9.0.0', 'tiny-app'] } };

function errorOf(stderrTail: string, about?: { readonly name: string; readonly version: string }) {
  return cargoError({ status: 101, stdout: '', stderrTail, timedOut: false }, request, about);
}

it.each([
  [
    'a crate that is not there',
    'error: no matching package named `tiny-app` found\nlocation searched: crates.io index',
    'E_PACKAGE_NOT_FOUND',
    /^package not found: tiny-app$/,
    ['cargo', 2],
  ],
  [
    'a crate under another spelling',
    'error: no matching package found\nsearched package name: `tiny-app`\nperhaps you meant:      tiny_app\n',
    'E_PACKAGE_NOT_FOUND',
    /: tiny-app$/,
    ['cargo', 2],
  ],
  [
    'a version that is not there',
    'error: failed to select a version for the requirement `serde = "=9.0.0"`\ncandidate versions found which didn\'t match: 1.0.228, 1.0.227, ...',
    'E_PACKAGE_NOT_FOUND',
    /: serde =9\.0\.0$/,
    ['cargo', 1],
  ],
  [
    'what another crate needs',
    'error: no matching package named `nowhere` found\nrequired by package `tiny-app v1.0.0`\n    ... which satisfies dependency `tiny-app = "*"` of package `joblet-runtime v0.0.0 (/tmp/x)`',
    'E_PACKAGE_NOT_FOUND',
    /: nowhere$/,
    ['cargo', 2],
  ],
  [
    'a registry that cannot be reached',
    'error: failed to get `itoa` as a dependency\nCaused by:\n  failed to fetch\nCaused by:\n  [7] Could not connect to server',
    'E_NETWORK',
    /Could not connect/,
    undefined,
  ],
  [
    'crates that exclude each other',
    'error: failed to select a version for `libz-sys`.\n    ... the native library `z`',
    'E_CARGO_INSTALL',
    /failed to select a version for `libz-sys`/,
    undefined,
  ],
])('reads what cargo says of %s', (_, text, code, message, at) => {
  const error = errorOf(text);
  expect(error).toMatchObject({ code });
  expect(error.message).toMatch(message);
  expect(error.details['path']).toEqual(at);
  expect(error.hint).toBeTruthy();
});

it('names what was compiled, and the rust that it wants', () => {
  const about = { name: 'tiny-app', version: '1.0.0' };
  expect(errorOf('error[E0425]: cannot find value `x`\n --> src/main.rs', about).message).toBe(
    'crates cannot be installed: tiny-app 1.0.0 cannot be compiled: cannot find value `x`',
  );
  expect(
    errorOf('error: package `itoa v1.0.19` cannot be built because it requires rustc 1.68 or newer', about),
  ).toMatchObject({ code: 'E_CARGO_INSTALL', hint: expect.stringContaining('older release') });
});

it('shows no password of an address', () => {
  const error = errorOf('error: failed to fetch https://me:hunter2@crates.example.com/\nCaused by:\n  got 500');
  expect(JSON.stringify(error.details) + error.message).not.toContain('hunter2');
});
