import { afterAll, describe, inject, it } from 'vitest';
import { type NpmRegistry, startNpmRegistry } from '../fixtures/npm/index.js';
import { describePack } from './conformance/index.js';
import { ownHome } from './support/own-home.js';

let registry: NpmRegistry | undefined;
afterAll(() => registry?.close());

/** What npm itself says there is. */
const INVENTORY = `
const { execFileSync } = require('node:child_process');
const tree = JSON.parse(execFileSync('npm', ['ls', '--global', '--all', '--json'], { encoding: 'utf8' }));
for (const [name, { version }] of Object.entries(tree.dependencies)) console.log(name + ' ' + version);`;

describePack(
  'node',
  async () => {
    const own = await startNpmRegistry([
      { name: 'tiny-base', version: '1.0.0' },
      { name: 'tiny-base', version: '2.0.0' },
      { name: '@tiny/app', version: '1.2.0', manifest: { dependencies: { 'tiny-base': '^1.0.0' } } },
      {
        name: 'tiny-scripts',
        version: '1.0.0',
        manifest: { scripts: { postinstall: 'node make.js' } },
        files: { 'make.js': "require('node:fs').writeFileSync('made.txt', 'made');\n" },
      },
    ]);
    registry = own;
    return {
      versions: ['20', '18', '24'],
      unknownVersion: '99',
      values: { npm: ['@tiny/app', 'tiny-scripts'] },
      inventory: ['node', '-e', INVENTORY],
      badSpecs: [
        { title: 'an option', values: { npm: ['@tiny/app', '--force'] }, at: ['npm', 1] },
        { title: 'a folder', values: { npm: ['./app'] }, at: ['npm', 0] },
        { title: 'an address', values: { npm: ['https://example.com/app.tgz'] }, at: ['npm', 0] },
        { title: 'a package twice', values: { npm: ['tiny-base@1', 'tiny-base@2'] }, at: ['npm', 1] },
      ],
      missing: { values: { npm: ['@tiny/app', 'tiny-nothing'] }, at: ['npm', 1] },
      breakages: [
        { title: 'without npm', remove: ['/usr/local/lib/npm/**'] },
        { title: 'without a package that another one needs', remove: ['/usr/local/lib/node_modules/tiny-base/**'] },
        { title: 'without the library of node', remove: ['/usr/lib/*/libnode.so*'] },
      ],
      env: { ...definedEnvironment(), ...ownHome({ '.npmrc': own.npmrc() }) },
      store: inject('store'),
    };
  },
  { describe, it },
);

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
