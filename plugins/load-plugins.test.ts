import 'reflect-metadata';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContainer } from '../core/container.js';
import { PHASE } from '../core/contracts/phase.js';
import { arrangePhases, PHASE_WRAP } from '../core/pipeline/arrange-phases.js';
import { builtInPlugins, type LoadedPlugins, loadPlugins } from './index.js';

const fixtures = fileURLToPath(new URL('../fixtures/plugins', import.meta.url));
const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true });
});

/** A store with copies of fixtures in its plugin folder: a checkout may belong to another user. */
function storeWith(...names: readonly string[]): string {
  const store = newDirectory();
  mkdirSync(path.join(store, 'plugins'));
  for (const name of names)
    cpSync(path.join(fixtures, name), path.join(store, 'plugins', path.basename(name)), { recursive: true });
  return store;
}

function newDirectory(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'plugins-'));
  made.push(dir);
  return dir;
}

const host = { env: process.env, home: '/root', now: () => new Date() };
const load = (root: string, options: Partial<Parameters<typeof loadPlugins>[0]> = {}) =>
  loadPlugins({ root, host, ...options });

describe('bad plugins beside good ones', () => {
  const bad = readdirSync(path.join(fixtures, 'bad'));
  let result: LoadedPlugins;
  beforeAll(async () => {
    result = await load(storeWith('good/joblet-scan', 'good/joblet-clock', ...bad.map((name) => `bad/${name}`)));
  });

  it('do not keep the good ones from being loaded', () => {
    expect(result.loaded.map(({ name, from }) => `${from}: ${name}`)).toEqual([
      'store: joblet-clock',
      'store: joblet-scan',
    ]);
    expect(result.plugins).toHaveLength(2);
  });

  it('are all left out', () => {
    expect(result.rejected.map(({ dir }) => path.basename(dir)).sort()).toEqual([...bad].sort());
  });

  it.each([
    ['throws', 'loading it failed: no licence found'],
    ['throws-text', 'loading it failed: only text'],
    ['never-ends', 'loading it has not ended after 20 seconds'],
    ['loops', 'loading it has not ended after 20 seconds'],
    ['ends-process', 'loading it ended the process, with status 0'],
    ['fails-later', 'loading it failed: Error: nobody waits for this'],
    ['prints', 'it writes to standard output while it is loaded'],
    ['exports-nothing', 'its module exports no plugin, neither as its default nor as `plugin`'],
    [
      'other-api',
      /^it is written for version 99 of the plugin interface, and joblet .* has version 1: joblet has to be updated$/,
    ],
    ['other-name', 'it calls itself somebody-else, and its package is other-name'],
    ['factory-throws', 'loading it failed: packs[0], the function that makes a pack, failed: no'],
    ['taken-language', 'the language python is taken: joblet itself brings it'],
    ['taken-key', 'the key pip is taken: joblet itself brings it'],
    ['broken-schema', /^a schema of its keys or versions cannot be used: can't resolve reference #\/nowhere/],
    ['taken-number', 'the phase number 13 is taken: it is generate-config'],
    ['taken-phase', 'the phase generate-config is number 13, not 13.7'],
    ['wraps-nothing', 'it wraps the phase no-such-phase, which there is not'],
    ['taken-family', 'the platform family apt is taken: joblet itself brings it'],
    ['taken-source', 'the toolchain source distribution is taken: joblet itself brings it'],
    ['no-keyword', 'its package.json has no keyword joblet-plugin'],
    ['not-compiled', './dist/index.js, which its package.json names, is not there: is it compiled?'],
    ['no-package', 'it has no package.json'],
  ])('are named with the reason: %s', (name, reason) => {
    const found = result.rejected.find(({ dir }) => path.basename(dir) === name);
    expect(found?.problems).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)]);
  });

  it('are named with all that is wrong with their form', () => {
    const problems = result.rejected.find(({ name }) => name === 'wrong-shape')?.problems.join('\n');
    expect(problems).toContain('phase: unknown key (did you mean phases?)');
    expect(problems).toContain('packs[0].keys: expected a list, found "none"');
    expect(problems).toContain('packs[0]: checkSpec is missing');
  });
});

describe('a good plugin', () => {
  it('brings a phase, and wraps one', async () => {
    const root = storeWith('good/joblet-scan', 'good/joblet-clock');
    const { plugins, loaded } = await load(root);
    expect(loaded.map(({ contents }) => contents)).toMatchObject([
      { wraps: ['validate-build'] },
      { phases: [{ number: 13.5, id: 'scan', title: 'Scan' }] },
    ]);
    const container = createContainer({ root, host, plugins: [...builtInPlugins, ...plugins] });
    const phases = arrangePhases(container.resolveAll(PHASE), container.resolveAll(PHASE_WRAP));
    expect(phases.slice(-3).map(({ number, title }) => `${number} ${title}`)).toEqual([
      '13 Generate Config',
      '13.5 Scan',
      '14 Validate Build',
    ]);
  });

  it('imports joblet by a link that is made beside it, and made anew when joblet was moved', async () => {
    const root = storeWith('good/joblet-scan');
    const link = path.join(root, 'plugins/node_modules/joblet');
    await load(root);
    const target = readlinkSync(link);
    rmSync(link);
    symlinkSync('/nowhere', link);
    expect((await load(root)).loaded).toHaveLength(1);
    expect(readlinkSync(link)).toBe(target);
  });

  it('is the project’s where the store has one of the same name, which is named', async () => {
    const root = storeWith('good/joblet-clock');
    const project = newDirectory();
    cpSync(path.join(root, 'plugins'), path.join(project, '.joblet/plugins'), { recursive: true });
    const { loaded, rejected } = await load(root, { project });
    expect(loaded.map(({ from }) => from)).toEqual(['project']);
    expect(rejected).toMatchObject([
      { from: 'store', problems: [expect.stringContaining('there is one of that name')] },
    ]);
  });

  it('may stand in for a built-in phase, once', async () => {
    const root = storeWith();
    for (const name of ['first', 'second']) {
      writePlugin(
        root,
        name,
        `phases: [{ number: 3, id: 'check-disk-space', title: 'T', description: 'D', run() {} }]`,
      );
    }
    const { loaded, rejected } = await load(root);
    expect(loaded.map(({ name }) => name)).toEqual(['first']);
    expect(rejected).toMatchObject([{ problems: ['the phase check-disk-space is taken: first brings it'] }]);
  });

  it('is found by its address too, and in a scope', async () => {
    const root = storeWith();
    writePlugin(root, '@acme/tools', '');
    const packages = [{ from: 'given', dir: path.join(storeWith('good/joblet-clock'), 'plugins/joblet-clock') }];
    const { loaded } = await load(root, { packages });
    expect(loaded.map(({ name }) => name)).toEqual(['@acme/tools', 'joblet-clock']);
  });
});

it('a plugin of another user, or one that everybody can change, is not loaded', async () => {
  const root = storeWith();
  for (const name of ['open', 'foreign']) writePlugin(root, name, '');
  const { chmodSync, chownSync } = await import('node:fs');
  chmodSync(path.join(root, 'plugins/open'), 0o777);
  chownSync(path.join(root, 'plugins/foreign'), 12_345, 12_345);
  expect((await load(root)).rejected.map(({ problems }) => problems[0])).toEqual([
    expect.stringMatching(/foreign belongs to another user, 12345, whose code is not run$/),
    expect.stringMatching(/open can be written to by every user$/),
  ]);
  expect((await load(root, { trusted: [12_345] })).loaded.map(({ name }) => name)).toEqual(['foreign']);
});

it('a store without plugins has none, and nothing is made in it', async () => {
  const root = newDirectory();
  expect(await load(root)).toEqual({ plugins: [], loaded: [], rejected: [] });
  expect(readdirSync(root)).toEqual([]);
});

it('looking at plugins ends when it is cancelled', async () => {
  const signal = AbortSignal.abort();
  await expect(load(storeWith('bad/loops'), { signal })).rejects.toMatchObject({ code: 'E_CANCELLED' });
});

function writePlugin(root: string, name: string, body: string): void {
  const dir = path.join(root, 'plugins', name);
  mkdirSync(dir, { recursive: true });
  const manifest = { name, version: '1.0.0', type: 'module', main: 'index.js', keywords: ['joblet-plugin'] };
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(dir, 'index.js'), `export default { apiVersion: 1, name: '${name}', ${body} };\n`);
}
