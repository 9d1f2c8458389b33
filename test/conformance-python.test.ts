import { afterAll, describe, inject, it } from 'vitest';
import { type PypiServer, startPypi, wheel } from '../fixtures/pypi/index.js';
import { describePack } from './conformance/index.js';
import { ownHome } from './support/own-home.js';

let pypi: PypiServer | undefined;
afterAll(() => pypi?.close());

/** What pip finds of the runtime's own packages, the distribution's aside. */
const INVENTORY = `
import importlib.metadata, glob
for found in importlib.metadata.distributions(path=glob.glob("/usr/local/lib/python3*/dist-packages")):
    print(found.metadata["Name"], found.version)
`;

describePack(
  'python',
  async () => {
    const index = await startPypi([
      wheel({ name: 'tiny-base', version: '1.0' }),
      wheel({ name: 'tiny-base', version: '2.0' }),
      wheel({ name: 'tiny-app', version: '1.2', requires: ['tiny-base>=1'] }),
    ]);
    pypi = index;
    return {
      versions: ['3.11', '3.9'],
      unknownVersion: '3.99',
      values: { pip: ['tiny-app>=1'] },
      inventory: ['python3', '-c', INVENTORY],
      badSpecs: [
        { title: 'a requirement that is none', values: { pip: ['tiny-app', '>=3'] }, at: ['pip', 1] },
        { title: 'an option among requirements', values: { pip: ['--no-deps'] }, at: ['pip', 0] },
        {
          title: 'an option that pip does not have',
          values: { pip: ['tiny-app'], pip_options: '--no-such-option' },
          at: ['pip_options'],
        },
      ],
      missing: { values: { pip: ['tiny-app', 'tiny-nothing'] }, at: ['pip', 1] },
      breakages: [{ title: 'without a module of the standard library', remove: ['/usr/lib/python3*/ssl.py'] }],
      env: { ...definedEnvironment(), ...ownHome(), PIP_INDEX_URL: index.indexUrl },
      store: inject('store'),
    };
  },
  { describe, it },
);

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
