import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Import, importsOf } from '../test/support/imports.js';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Ours, as `file -> target`: packages are another matter. */
const shown = (imports: readonly Import[]) => imports.map(({ file, target }) => `${file} -> ${target}`);
const isOurs = ({ target }: Import) => /^(core|plugins|packs|cli|test|fixtures)\//.test(target);

/** `plugins/phases/copy-binaries`, `plugins/gpu`, `packs/python`: the folder that is one plugin; undefined for what composes them. */
function pluginOf(file: string): string | undefined {
  return /^(plugins\/(?:phases|platforms|toolchains)\/[^/]+|plugins\/[^/]+|packs\/[^/]+)\//.exec(file)?.[1];
}

test('core imports nothing of ours outside of core', () => {
  const imports = importsOf(repository, 'core').filter(isOurs);
  expect(imports.length).toBeGreaterThan(300);
  expect(shown(imports.filter(({ target }) => !target.startsWith('core/')))).toEqual([]);
});

test('a pack imports of ours only the contracts of core, its kit, and itself', () => {
  const imports = importsOf(repository, 'packs').filter(isOurs);
  expect(imports.length).toBeGreaterThan(50);
  const others = imports.filter(
    ({ file, target }) => !/^core\/(contracts\/|pack-kit\.js$)/.test(target) && pluginOf(file) !== pluginOf(target),
  );
  expect(shown(others)).toEqual([]);
});

test('no plugin imports another plugin’s inside, nor what is built on plugins', () => {
  const imports = importsOf(repository, 'plugins').filter(isOurs);
  expect(imports.length).toBeGreaterThan(200);
  const others = imports.filter(({ file, target }) => {
    if (target.startsWith('core/')) return false;
    const plugin = pluginOf(file);
    // The composition root names all of them, by their index.
    return plugin === undefined
      ? !/^plugins\/[^/]+\.js$/.test(target) && !target.endsWith('/index.js')
      : plugin !== pluginOf(target);
  });
  expect(shown(others)).toEqual([]);
});

test('the conformance kit is built on core, and on the list of plugins', () => {
  const imports = importsOf(repository, 'test/conformance').filter(isOurs);
  const others = imports.filter(({ target }) => !/^(core\/|test\/conformance\/|plugins\/[^/]+\.js$)/.test(target));
  expect(shown(others)).toEqual([]);
});
