import 'reflect-metadata';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createContainer, type Plugin } from '../core/container.js';
import { PHASE } from '../core/contracts/phase.js';
import { builtInPlugins } from './built-in.js';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Folders that are a plugin: they have an index.ts that registers it. */
function pluginFolders(): readonly string[] {
  const inside = (dir: string) => readdirSync(`${repository}${dir}`).map((name) => `${dir}/${name}`);
  return [...inside('plugins'), ...inside('plugins/phases'), ...inside('plugins/platforms'), ...inside('packs')].filter(
    (dir) => existsSync(`${repository}${dir}/index.ts`),
  );
}

it('every plugin folder is in the list of the built-in ones', async () => {
  const folders = pluginFolders();
  expect(folders.length).toBeGreaterThanOrEqual(18);
  for (const folder of folders) {
    const { register }: { readonly register: Plugin } = await import(`${repository}${folder}/index.ts`);
    expect(builtInPlugins, folder).toContain(register);
  }
});

it('the phases are the 14 of the reference, one a folder', () => {
  const host = { env: {}, home: '/root', now: () => new Date() };
  const phases = createContainer({ root: '/nowhere', host, plugins: builtInPlugins }).resolveAll(PHASE);
  expect(phases.map(({ number, title }) => `${number} ${title}`)).toEqual([
    '1 Parse & Validate',
    '2 Detect Platform',
    '3 Check Disk Space',
    '4 Validate Packages',
    '5 Prepare Directories',
    '6 Pre-install Hook',
    '7 Install Base',
    '8 Install Packages',
    '9 Post-install Hook',
    '10 Copy Binaries',
    '11 Copy Libraries',
    '12 Copy Configuration',
    '13 Generate Config',
    '14 Validate Build',
  ]);
  expect(phases.map((phase) => phase.id).sort()).toEqual(readdirSync(`${repository}plugins/phases`).sort());
});
