import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pluginPlaces } from './third-party.js';

const home = mkdtempSync(path.join(tmpdir(), 'home-'));
afterAll(() => rmSync(home, { recursive: true }));

function write(file: string, content: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
}

describe('where rnx looks for plugins', () => {
  it('is the project, and code of the user of sudo is run too', () => {
    const places = pluginPlaces({ host: { env: { SUDO_UID: '1000' }, home }, project: '/srv/app' });
    expect(places).toEqual({ project: '/srv/app', packages: [], trusted: [1000] });
    expect(pluginPlaces({ host: { env: { SUDO_UID: 'x' }, home }, project: undefined })).toEqual({
      packages: [],
      trusted: [],
    });
  });

  it('is what oclif has in its data directory, if it is a plugin of joblet', () => {
    const data = path.join(home, '.local/share/rnx');
    const linked = path.join(home, 'work/joblet-linked');
    write(path.join(data, 'node_modules/joblet-lua/package.json'), { name: 'joblet-lua', keywords: ['joblet-plugin'] });
    write(path.join(data, 'node_modules/commands/package.json'), { name: 'commands' });
    write(path.join(linked, 'package.json'), { name: 'joblet-linked', keywords: ['oclif-plugin', 'joblet-plugin'] });
    write(path.join(data, 'package.json'), {
      oclif: {
        schema: 1,
        plugins: [
          { type: 'user', name: 'joblet-lua' },
          { type: 'user', name: 'commands' },
          { type: 'user', name: 'gone' },
          { type: 'link', name: 'joblet-linked', root: linked },
        ],
      },
    });
    const { packages } = pluginPlaces({ host: { env: {}, home }, project: undefined });
    expect(packages.map(({ dir }) => dir)).toEqual([path.join(data, 'node_modules/joblet-lua'), linked]);
  });
});
