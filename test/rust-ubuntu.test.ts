import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { type AptRepo, makeAptRepo, type PackageFixture, tinyDistribution } from '../fixtures/apt-repo/index.js';
import { ownHome } from './support/own-home.js';
import { rnx, specFolder } from './support/rnx.js';
import { configOf, restoreConfig } from './support/store-config.js';

const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64';
const VERSION = '1.75.0+dfsg0ubuntu1-0ubuntu7';

/** Says 1.75.0 where the compiler in it says its own number. */
const WRAPPER = `#!/bin/sh
case " $* " in
  *' -vV '* | *' --version '* | *' -V '*) rustc-stand-in "$@" | sed 's/1\\.63\\.[0-9]*/1.75.0/g' ;;
  *) exec rustc-stand-in "$@" ;;
esac
`;

function rustSpec(name: string, version: string, rest = ''): string {
  return specFolder(`schema_version: "1.0"
name: ${name}
version: 1.0.0
description: made by a test
base:
  language: rust
  version: "${version}"
${rest}`);
}

/**
 * Ubuntu's own archive is not to be relied on by a test. A signed repository with its layout stands in: in its noble, the essential
 * packages are made of the host's programs, and rust 1.75 is Debian's 1.63, which really compiles, with another number.
 */
describe('rust 1.75, which Ubuntu has and Debian has not', () => {
  let ubuntu: AptRepo;
  const env = ownHome();
  const build = async (spec: string) => {
    const built = await rnx(['runtime', 'build', '--json', spec], { env });
    return { ...built, document: JSON.parse(String(built.stdout)) };
  };

  beforeAll(async () => {
    const made = await build(rustSpec('rust-to-pack', '1.63'));
    expect(made.exitCode, `${made.stderr}${made.stdout}`).toBe(0);
    const root = path.join(made.document.install_path, 'isolated');
    const rustc: PackageFixture = {
      name: 'rustc',
      version: VERSION,
      architecture: ARCHITECTURE,
      fields: {
        Depends: 'libstd-rust-dev, gcc, libc6-dev, tiny-programs, base-files',
        Replaces: 'tiny-programs, apt, base-files',
      },
      fill: async (tree) => {
        const folders = ['bin', 'sbin', 'lib', 'include', 'libexec'].map((name) => path.join(root, 'usr', name));
        mkdirSync(path.join(tree, 'usr'));
        await execa('cp', ['-a', ...folders.filter((folder) => existsSync(folder)), path.join(tree, 'usr')]);
        const program = path.join(tree, 'usr/bin/rustc');
        renameSync(program, `${program}-stand-in`);
        writeFileSync(program, WRAPPER);
        chmodSync(program, 0o755);
        // One of Debian's alternatives, whose other half is in /etc.
        rmSync(path.join(tree, 'usr/bin/cc'));
        symlinkSync('gcc', path.join(tree, 'usr/bin/cc'));
      },
    };
    const others = [
      { name: 'cargo', version: VERSION, fields: { Depends: 'rustc' } },
      { name: 'libstd-rust-dev', version: VERSION },
      ...['gcc', 'libc6-dev', 'ca-certificates'].map((name) => ({ name })),
    ];
    ubuntu = await makeAptRepo({
      origin: 'Ubuntu',
      suites: {
        noble: [...tinyDistribution(ARCHITECTURE), rustc, ...others],
        'noble-updates': [],
        'noble-security': [],
      },
    });
    writeFileSync(
      configOf(inject('store')),
      `toolchains:
  sources: [distribution, releases, ubuntu]
  addresses: { ubuntu: '${ubuntu.url}' }
  keyrings: { ubuntu: ${ubuntu.keyring} }
`,
    );
  });
  afterAll(async () => {
    restoreConfig(inject('store'));
    await ubuntu?.close();
  });

  it('is built from there, and compiles a crate in a job', async () => {
    const built = await build(rustSpec('rust-1.75', '1.75'));
    expect(built.exitCode, `${built.stderr}${built.stdout}`).toBe(0);
    const manifest = parse(readFileSync(path.join(built.document.install_path, 'runtime.yml'), 'utf8'));
    expect(manifest.build_info).toMatchObject({
      source: 'ubuntu',
      release: 'noble',
      language_version_exact: VERSION,
    });
    const script = `rustc --version; mkdir src; printf '[package]\\nname="m"\\nversion="0.0.0"\\n' > Cargo.toml
      echo 'fn main() { println!("runs"); }' > src/main.rs; cargo build -q --offline; target/debug/m`;
    const done = await rnx(['job', 'run', '--runtime=rust-1.75', 'sh', '-ec', script]);
    expect(done.stdout, String(done.stderr)).toMatch(/^rustc 1\.75\.0\b.*\nruns\n$/);
  });

  it('ends in phase 4 with what there is instead, by source, where Ubuntu is switched off', async () => {
    restoreConfig(inject('store'));
    const failed = await build(rustSpec('rust-none', '1.75'));
    expect(failed.exitCode).toBe(5);
    expect(failed.document.error).toMatchObject({
      code: 'E_VERSION_UNAVAILABLE',
      phase: 'validate-packages',
      message: expect.stringContaining('rust 1.75 is not to be had here'),
      hint: expect.stringMatching(/1\.63 \(bookworm\)/),
    });
    expect(failed.document.error.sources.map(({ source }: { readonly source: string }) => source)).toEqual([
      'distribution',
      'releases',
    ]);
  });
});
