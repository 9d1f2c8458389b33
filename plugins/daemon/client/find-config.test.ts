import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findConfig } from './find-config.js';

let top: string;
beforeEach(() => {
  top = mkdtempSync(path.join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(top, { recursive: true }));

function put(name: string, mode = 0o600): string {
  const file = path.join(top, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, name);
  chmodSync(file, mode);
  return file;
}
const find = (env: Record<string, string> = {}) =>
  findConfig({ env, home: path.join(top, 'home'), directory: path.join(top, 'here') });

it('takes the first place that has a config: RNX_CONFIG, here, ./config, then the home', () => {
  const places = ['home/.rnx/rnx-config.yml', 'here/config/rnx-config.yml', 'here/rnx-config.yml'];
  for (const place of places) {
    const file = put(place);
    expect(find()).toEqual({ file, text: place });
  }
  const named = put('elsewhere.yml');
  expect(find({ RNX_CONFIG: named })).toEqual({ file: named, text: 'elsewhere.yml' });
});

it('refuses a config that others may read, and an RNX_CONFIG that names no file', () => {
  put('here/rnx-config.yml', 0o640);
  expect(() => find()).toThrow(/others may read .*rnx-config\.yml/);
  expect(() => find({ RNX_CONFIG: path.join(top, 'none') })).toThrow(/names no file/);
});
