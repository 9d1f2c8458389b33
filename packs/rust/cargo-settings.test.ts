import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'smol-toml';
import { expect, it } from 'vitest';
import { readCargoSettings } from './cargo-settings.js';

function hostWith(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'cargo-home-'));
  mkdirSync(path.join(home, '.cargo'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(home, '.cargo', name), text);
  return { env, home, now: () => new Date(0) };
}

it('takes what says where crates come from, and nothing about the host’s own compilers and programs', async () => {
  const host = hostWith({
    'config.toml': `
[build]
rustc-wrapper = "sccache"
target-dir = "/var/target"
[target.x86_64-unknown-linux-gnu]
linker = "/opt/lld"
[http]
proxy = "http://me:p%40ss@proxy:3128"
cainfo = "/etc/company.pem"
[source.crates-io]
replace-with = "company"
[registries.company]
index = "sparse+https://crates.example.com/index/"
credential-provider = "/usr/bin/secret"
`,
    'credentials.toml': '[registries.company]\ntoken = "Bearer s3cret"\n',
  });
  const { text, secrets } = await readCargoSettings(host);
  expect(parse(text)).toEqual({
    http: { proxy: 'http://me:p%40ss@proxy:3128' },
    source: { 'crates-io': { 'replace-with': 'company' } },
    registries: { company: { index: 'sparse+https://crates.example.com/index/', token: 'Bearer s3cret' } },
  });
  expect(secrets).toEqual(expect.arrayContaining(['p@ss', 'p%40ss', 's3cret']));
});

it('passes the variables of registries on, and their tokens as secrets', async () => {
  const { env, secrets } = await readCargoSettings(
    hostWith(
      {},
      {
        CARGO_REGISTRIES_COMPANY_INDEX: 'sparse+https://user:hunter2@crates.example.com/',
        CARGO_REGISTRIES_COMPANY_TOKEN: 't0ken',
        CARGO_NET_RETRY: '7',
        CARGO_TARGET_DIR: '/var/target',
        CARGO_BUILD_JOBS: '1',
      },
    ),
  );
  expect(Object.keys(env).sort()).toEqual([
    'CARGO_NET_RETRY',
    'CARGO_REGISTRIES_COMPANY_INDEX',
    'CARGO_REGISTRIES_COMPANY_TOKEN',
  ]);
  expect(secrets).toEqual(expect.arrayContaining(['hunter2', 't0ken']));
});

it('binds directories of sources, which are meant from beside the file', async () => {
  const host = hostWith({
    'config.toml': '[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "crates"\n',
  });
  const { text, binds } = await readCargoSettings(host);
  expect(binds).toEqual([{ hostPath: path.join(host.home, 'crates'), rootPath: '/tmp/joblet-cargo-sources/0' }]);
  expect(parse(text)).toMatchObject({ source: { here: { directory: '/tmp/joblet-cargo-sources/0' } } });
});

it('is empty on a host without settings, and with a file that is no TOML', async () => {
  expect(await readCargoSettings(hostWith({}))).toMatchObject({ env: {}, binds: [], secrets: [] });
  expect(await readCargoSettings(hostWith({ 'config.toml': '[[[' }))).toMatchObject({ secrets: [] });
});
