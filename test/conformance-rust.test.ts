import { afterAll, describe, inject, it } from 'vitest';
import { type CrateServer, startCrates } from '../fixtures/crates/index.js';
import { describePack } from './conformance/index.js';
import { ownHome } from './support/own-home.js';

let crates: CrateServer | undefined;
afterAll(() => crates?.close());

/** What the manifests of the vendored sources say, and cargo's own list of programs. */
const INVENTORY = `
for file in /usr/local/share/cargo/vendor/*/Cargo.toml; do
  [ -e "$file" ] && sed -n '1,/^version/ { s/^name = "\\(.*\\)"/\\1/p; s/^version = "\\(.*\\)"/\\1/p }' "$file" | paste -sd ' '
done
sed -n 's/^"\\([^ ]*\\) \\([^ ]*\\) (.*/\\1 \\2/p' /usr/local/.crates.toml`;

describePack(
  'rust',
  async () => {
    const server = await startCrates([
      { name: 'tiny-base', version: '1.0.0', library: 'pub fn base() -> u32 { 1 }\n' },
      { name: 'tiny-base', version: '1.1.0', library: 'pub fn base() -> u32 { 2 }\n', rust: '1.90' },
      {
        name: 'tiny-app',
        version: '0.2.0',
        dependencies: { 'tiny-base': '1' },
        library: 'pub fn app() -> u32 { tiny_base::base() }\n',
      },
      { name: 'tiny-tool', version: '2.0.0', program: 'fn main() { println!("tool"); }\n' },
    ]);
    crates = server;
    return {
      versions: ['1.63', '1.96'],
      unknownVersion: '1.999',
      values: { cargo: ['tiny-app', 'tiny-tool@2'] },
      inventory: ['sh', '-c', INVENTORY],
      badSpecs: [
        { title: 'an option', values: { cargo: ['tiny-app', '--git'] }, at: ['cargo', 1] },
        { title: 'an address', values: { cargo: ['https://example.com/crate.git'] }, at: ['cargo', 0] },
        { title: 'a crate twice', values: { cargo: ['tiny_app', 'tiny-app@1'] }, at: ['cargo', 1] },
      ],
      missing: { values: { cargo: ['tiny-app', 'tiny-nothing@1.0.0'] }, at: ['cargo', 1] },
      breakages: [
        { title: 'without its linker', remove: ['/usr/bin/*-ld', '/usr/bin/*-ld.bfd'] },
        { title: 'without its standard library', remove: ['/usr/lib/rustlib/*/lib/libcore-*.rlib'] },
        {
          title: 'without the sources of a crate',
          remove: ['/usr/local/share/cargo/vendor/tiny-base-1.0.0/src/lib.rs'],
        },
      ],
      env: { ...definedEnvironment(), ...ownHome({ '.cargo/config.toml': server.config() }) },
      store: inject('store'),
    };
  },
  { describe, it },
);

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
