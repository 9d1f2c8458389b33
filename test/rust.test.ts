import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CrateServer, startCrates, type TestCrate } from '../fixtures/crates/index.js';
import { ownHome } from './support/own-home.js';
import { rnx, specFolder } from './support/rnx.js';

const TOKEN = 'correct-horse-9';

const CRATES: readonly TestCrate[] = [
  { name: 'tiny-base', version: '1.0.0', library: 'pub fn base() -> &\'static str { "base 1.0.0" }\n' },
  { name: 'tiny-base', version: '1.0.5', library: 'pub fn base() -> &\'static str { "base 1.0.5" }\n' },
  { name: 'tiny-base', version: '1.1.0', library: 'pub fn base() -> &\'static str { "base 1.1.0" }\n', rust: '1.90' },
  { name: 'tiny-extra', version: '0.1.0', library: 'pub fn extra() -> u32 { 7 }\n' },
  { name: 'tiny-windows', version: '0.1.0', library: 'compile_error!("for Windows");\n' },
  {
    name: 'tiny-app',
    version: '0.2.0',
    dependencies: { 'tiny-base': '1', 'tiny-extra': '0.1', 'tiny-windows': '0.1' },
    optional: ['tiny-extra'],
    windows: ['tiny-windows'],
    library: `pub fn app() -> String { format!("app with {}", tiny_base::base()) }
#[cfg(feature = "tiny-extra")]
pub fn extra() -> u32 { tiny_extra::extra() }
`,
  },
  {
    name: 'tiny-tool',
    version: '2.0.0',
    dependencies: { 'tiny-base': '1' },
    locks: ['tiny-base 1.0.0'],
    program: 'fn main() { println!("tool with {}", tiny_base::base()); }\n',
  },
  { name: 'tiny-new', version: '1.0.0', rust: '1.90', library: '\n' },
  { name: 'tiny-needs-new', version: '1.0.0', dependencies: { 'tiny-new': '1' }, library: '\n' },
  { name: 'tiny-orphan', version: '1.0.0', dependencies: { 'tiny-nowhere': '1' }, library: '\n' },
  { name: 'tiny-broken', version: '1.0.0', library: '\n' },
  { name: 'tiny-wrong', version: '1.0.0', program: 'fn main() { nonsense }\n' },
];

function rustSpec(name: string, rest: string, language = 'rust', version = '1.63'): string {
  return specFolder(`schema_version: "1.0"
name: ${name}
version: 1.0.0
description: made by a test
base:
  language: ${language}
  version: "${version}"
${rest}`);
}

function cargoList(...crates: readonly string[]): string {
  return `cargo:\n${crates.map((crate) => `  - "${crate}"\n`).join('')}`;
}

describe('a rust runtime', () => {
  let crates: CrateServer;
  let env: Record<string, string>;
  let log: string;
  let installPath: string;

  beforeAll(async () => {
    crates = await startCrates(CRATES, { token: TOKEN });
    crates.tamper('tiny-broken', '1.0.0');
    env = ownHome({
      '.cargo/config.toml': crates.config(),
      '.cargo/credentials.toml': `[registries.tests]\ntoken = "${TOKEN}"\n`,
    });
    const spec = rustSpec('rust-e2e', cargoList('tiny-app', 'tiny-tool@2'));
    const built = await rnx(['runtime', 'build', '--json', '-v', spec], { env });
    log = `${built.stderr}${built.stdout}`;
    expect(built.exitCode, log).toBe(0);
    installPath = JSON.parse(String(built.stdout)).install_path;
  });
  afterAll(() => crates.close());

  const run = (script: string, ...args: readonly string[]) =>
    rnx(['job', 'run', '--runtime=rust-e2e', 'sh', '-ec', script, 'sh', ...args]);
  const build = async (spec: string, more: Record<string, string> = {}) => {
    const built = await rnx(['runtime', 'build', '--json', spec], { env: { ...env, ...more } });
    return { ...built, document: JSON.parse(String(built.stdout)) };
  };

  it('has rustc and cargo of the version on PATH, with a linker', async () => {
    const shown = await run('rustc --version; which cargo rustdoc cc');
    expect(shown.stdout).toMatch(/^rustc 1\.63\.\d+.*\n\/usr\/bin\/cargo\n\/usr\/bin\/rustdoc\n\/usr\/bin\/cc\n$/);
  });

  it('builds and runs a user’s crate that names a library, with its features, without a network', async () => {
    const manifest = `[package]
name = "mine"
version = "0.1.0"
edition = "2021"
[dependencies]
tiny-app = { version = "0.2", features = ["tiny-extra"] }
`;
    const source = 'fn main() { println!("{} {}", tiny_app::app(), tiny_app::extra()); }\n';
    const done = await run(
      'mkdir src; printf "%s" "$1" > Cargo.toml; printf "%s" "$2" > src/main.rs; cargo build --offline; target/debug/mine; cargo test --offline -q',
      manifest,
      source,
    );
    expect(done.stdout, String(done.stderr)).toMatch(/^app with base 1\.0\.5 7\n/);
    expect(done.exitCode).toBe(0);
  });

  it('has the programs of its list on PATH, compiled from the lock file that they were published with', async () => {
    expect((await run('tiny-tool')).stdout).toBe('tool with base 1.0.0\n');
  });

  it('lists its crates exactly, without those of other platforms, of which it has no sources', () => {
    const manifest = parse(readFileSync(path.join(installPath, 'runtime.yml'), 'utf8'));
    // 1.1.0 of tiny-base is for a newer rust.
    expect(manifest.packages).toEqual(['tiny-app v0.2.0', 'tiny-base v1.0.5', 'tiny-extra v0.1.0', 'tiny-tool v2.0.0']);
    expect(manifest.build_info.language_version_exact).toMatch(/^1\.63\.\d+/);
    const windows = path.join(installPath, 'isolated/usr/local/share/cargo/vendor/tiny-windows-0.1.0');
    expect(existsSync(path.join(windows, 'Cargo.toml'))).toBe(true);
    expect(readFileSync(path.join(windows, 'src/lib.rs'), 'utf8')).toBe('');
  });

  it('has nothing of the settings, and no output shows the token', async () => {
    expect(log).not.toContain(TOKEN);
    const found = await run(
      `grep -rlE "${TOKEN}|sparse\\+http:" / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev 2>/dev/null || true`,
    );
    expect(found.stdout).toBe('');
  });

  it('passes its test as it is', async () => {
    const tested = await rnx(['runtime', 'test', 'rust-e2e']);
    expect(tested.exitCode, `${tested.stdout}${tested.stderr}`).toBe(0);
  });

  it.each([
    ['a crate that is not there', ['tiny-app', 'tiny-nothing'], 5, 'E_PACKAGE_NOT_FOUND', /: tiny-nothing/, 10],
    ['a version that is not there', ['tiny-app@9.0.0'], 5, 'E_PACKAGE_NOT_FOUND', /: tiny-app =9\.0\.0/, 9],
    ['a crate that needs one that is not there', ['tiny-orphan'], 5, 'E_PACKAGE_NOT_FOUND', /: tiny-nowhere/, 9],
    [
      'a crate for a newer rust',
      ['tiny-app', 'tiny-needs-new'],
      5,
      'E_CARGO_INSTALL',
      /tiny-new 1\.0\.0, which tiny-needs-new 1\.0\.0 needs, is for rust 1\.90 and later, and this runtime has 1\.63/,
      10,
    ],
    ['an archive that is not what the index says', ['tiny-broken'], 6, 'E_NETWORK', /checksum/, undefined],
  ])('fails in phase 4 for %s', async (_, list, status, code, message, line) => {
    const failed = await build(rustSpec('rust-bad', cargoList(...list)));
    expect(failed.exitCode, String(failed.stdout)).toBe(status);
    expect(failed.document.error).toMatchObject({ code, phase: 'validate-packages' });
    expect(failed.document.error.message).toMatch(message);
    if (line !== undefined) expect(failed.document.error.places).toMatchObject([{ line }]);
  });

  it('names the program that cannot be compiled, with its line', async () => {
    const failed = await build(rustSpec('rust-bad', cargoList('tiny-wrong')));
    expect(failed.exitCode).toBe(5);
    expect(failed.document.error).toMatchObject({ code: 'E_CARGO_INSTALL', places: [{ line: 9 }] });
    expect(failed.document.error.message).toMatch(
      /tiny-wrong 1\.0\.0 cannot be compiled: cannot find value `nonsense`/,
    );
  });

  it.each([
    [
      'a registry that cannot be reached',
      { CARGO_REGISTRIES_TESTS_INDEX: 'sparse+http://127.0.0.1:9/index/' },
      /check/,
    ],
    ['a token that is wrong', { CARGO_REGISTRIES_TESTS_TOKEN: 'wrong' }, /credentials\.toml/],
  ])('ends with the registry for %s', async (_, more, hint) => {
    const failed = await build(rustSpec('rust-bad', cargoList('tiny-extra')), more);
    expect(failed.exitCode, String(failed.stdout)).toBe(6);
    expect(failed.document.error).toMatchObject({ code: 'E_NETWORK', phase: 'validate-packages' });
    expect(failed.document.error.hint).toMatch(hint);
    expect(failed.stdout).not.toContain(TOKEN);
  });

  it('brings a compiler that links, and programs, into a runtime of another language', async () => {
    const built = await build(rustSpec('rust-beside', cargoList('tiny-tool', 'tiny-extra'), 'python', '3.11'));
    expect(built.exitCode, `${built.stderr}${built.stdout}`).toBe(0);
    const script = `mkdir src; printf '[package]\\nname="m"\\nversion="0.0.0"\\n[dependencies]\\ntiny-extra="*"\\n' > Cargo.toml
      echo 'extern crate tiny_extra; fn main() { println!("{}", tiny_extra::extra()); }' > src/main.rs
      cargo run -q --offline; python -c 'import subprocess; print(subprocess.check_output("tiny-tool").decode(), end="")'`;
    const done = await rnx(['job', 'run', '--runtime=rust-beside', 'sh', '-ec', script]);
    expect(done.stdout, String(done.stderr)).toBe('7\ntool with base 1.0.0\n');
  });
});
