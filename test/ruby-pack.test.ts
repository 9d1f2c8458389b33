import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import {
  type GemServer,
  startGemServer,
  type TestGem,
  TINY_GEMS,
} from '../fixtures/joblet-ruby/src/test-gem-server.js';
import { repository, rnx, specFolder } from './support/rnx.js';

/** Has to be compiled. */
const TINY_NATIVE: TestGem = {
  name: 'tiny-native',
  version: '1.0.0',
  files: {
    'ext/tiny_native/extconf.rb': 'require "mkmf"\ncreate_makefile("tiny_native/tiny_native")\n',
    'ext/tiny_native/tiny_native.c': `#include <ruby.h>
static VALUE answer(VALUE self) { return INT2NUM(42); }
void Init_tiny_native(void) { rb_define_module_function(rb_define_module("TinyNative"), "answer", answer, 0); }
`,
    'lib/tiny-native.rb': 'require "tiny_native/tiny_native"\n',
  },
};

const home = mkdtempSync(path.join(tmpdir(), 'ruby-pack-'));
/** Where `rnx pack create` writes. */
const project = path.join(home, 'joblet-ruby');

/** As a developer of the pack runs them. */
function npm(args: readonly string[], cwd = project) {
  return execa('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    reject: false,
    all: true,
    env: { JOBLET_TEST_STORE: inject('store') },
  });
}

const inRuby = (...args: string[]) => rnx(['job', 'run', '--runtime=ruby-gems', ...args]);

/** From nothing to a runtime with a gem, by the commands that docs/plugins.md and the pack's README give. */
describe('a language pack of a third party', () => {
  let server: GemServer;
  const spec = (gems: readonly string[]) =>
    specFolder(`schema_version: "1.0"
name: ruby-gems
version: 1.0.0
description: Ruby with gems
base:
  language: ruby
  version: "3.1"
gems: ${JSON.stringify(gems)}
gem_source: ${server.address}
`);

  beforeAll(async () => {
    server = await startGemServer([...TINY_GEMS, TINY_NATIVE]);
  });
  afterAll(async () => {
    await rnx(['runtime', 'remove', 'ruby-gems']);
    await rnx(['pack', 'remove', 'joblet-ruby']);
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('is created, and passes the conformance kit as it is', async () => {
    const created = await rnx(['pack', 'create', 'ruby'], { cwd: home });
    expect(created.exitCode, created.stderr).toBe(0);
    const installed = await npm(['install']);
    expect(installed.exitCode, installed.all).toBe(0);
    const tested = await npm(['test']);
    expect(tested.exitCode, tested.all).toBe(0);
    expect(tested.all).toMatch(/# pass \d\d|pass \d\d/);
  });

  it('is developed with what npm has of joblet, and passes with its gems', async () => {
    const packed = await execa('npm', ['pack', '--json', '--pack-destination', home], { cwd: repository });
    const [{ filename }] = JSON.parse(packed.stdout);
    for (const name of ['src', 'ruby', 'package.json', 'README.md']) {
      rmSync(path.join(project, name), { recursive: true, force: true });
      cpSync(path.join(repository, 'fixtures/joblet-ruby', name), path.join(project, name), { recursive: true });
    }
    for (const made of ['dist', 'package-lock.json', 'node_modules']) {
      rmSync(path.join(project, made), { recursive: true, force: true });
    }
    const installed = await npm(['install', '--save-dev', path.join(home, filename)]);
    expect(installed.exitCode, installed.all).toBe(0);
    const tested = await npm(['test']);
    expect(tested.exitCode, tested.all).toBe(0);
  });

  it('is installed from its package, listed and checked', async () => {
    const packed = await npm(['pack']);
    expect(packed.exitCode, packed.all).toBe(0);
    const installed = await rnx(['pack', 'install', './joblet-ruby-1.0.0.tgz'], { cwd: project });
    expect(installed.exitCode, `${installed.stdout}${installed.stderr}`).toBe(0);
    const checked = await rnx(['pack', 'check', 'joblet-ruby']);
    expect(checked.exitCode, `${checked.stdout}${checked.stderr}`).toBe(0);
    const { plugins } = JSON.parse(String((await rnx(['pack', 'list', '--json'])).stdout));
    expect(plugins).toContainEqual(
      expect.objectContaining({ name: 'joblet-ruby', version: '1.0.0', from: 'store', state: 'used', problems: [] }),
    );
  });

  it('refuses mistakes in its keys at their line, with all others of the file', async () => {
    const validated = await rnx(['runtime', 'validate', spec(['tiny-hello', 'tiny-greeting ~~ 1', 'tiny-hello'])]);
    expect(validated.exitCode).toBe(3);
    expect(validated.stderr).toMatch(/runtime\.yaml:8:21: error: gems\[1\]: "tiny-greeting ~~ 1" is not a gem/);
    expect(validated.stderr).toMatch(/runtime\.yaml:8:42: error: gems\[2\]: names tiny-hello again, after entry 1/);
  });

  it('plans each gem with its version and hash, those that are needed too, before anything is built', async () => {
    const planned = await rnx(['runtime', 'build', '--dry-run', '--json', spec(['tiny-hello'])]);
    expect(planned.exitCode, `${planned.stdout}${planned.stderr}`).toBe(0);
    const text = String(planned.stdout);
    for (const [name, version] of [
      ['tiny-hello', '0.3.1'],
      ['tiny-greeting', '1.1.0'],
    ]) {
      expect(text).toContain(`${name}@${version}`);
      expect(text).toContain(`sha256:${server.sha256(`${name}-${version}.gem`)}`);
    }
  });

  it('names a gem that nobody has, at its line', async () => {
    const built = await rnx(['runtime', 'build', spec(['tiny-hello', 'tiny-nothing >= 2'])]);
    expect(built.exitCode).toBe(5);
    expect(built.stderr).toContain('package not found: tiny-nothing (>= 2)');
    expect(built.stderr).toMatch(/runtime\.yaml:8:/);
  });

  it('makes a runtime whose gems run, without network and without the compiler', async () => {
    const built = await rnx(['runtime', 'build', spec(['tiny-hello', 'tiny-native', 'tiny-greeting < 1.1'])]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    const manifest = parse(readFileSync(path.join(inject('store'), 'runtimes/ruby-gems/1.0.0/runtime.yml'), 'utf8'));
    expect(manifest).toMatchObject({ language: 'ruby', language_version: '3.1' });
    expect(manifest.packages.slice().sort()).toEqual(['tiny-greeting@1.0.0', 'tiny-hello@0.3.1', 'tiny-native@1.0.0']);

    const said = await inRuby('tiny-hello', 'world');
    expect(`${said.stdout}${said.stderr}`).toBe('hello from 1.0.0, world\n');
    const native = await inRuby('ruby', '-e', 'require "tiny-native"; puts TinyNative.answer');
    expect(`${native.stdout}${native.stderr}`).toBe('42\n');
    const compilers = await inRuby('sh', '-c', 'command -v gcc cc make; ls /usr/include; true');
    expect(compilers.stdout).toBe('');
    const { port } = new URL(server.address);
    const online = await inRuby('ruby', '-rsocket', '-e', `TCPSocket.new("127.0.0.1", ${port})`);
    expect(online.exitCode).toBe(1);
    expect(online.stderr).toContain('ECONNREFUSED');
    const tested = await rnx(['runtime', 'test', 'ruby-gems']);
    expect(tested.stdout).toContain('ok     its gems can be used');
  });

  it('is removed again, and its language with it', async () => {
    const removed = await rnx(['pack', 'remove', 'joblet-ruby']);
    expect(removed.exitCode, `${removed.stdout}${removed.stderr}`).toBe(0);
    const validated = await rnx(['runtime', 'validate', spec(['tiny-hello'])]);
    expect(validated.exitCode).toBe(3);
    expect(validated.stderr).toContain('ruby');
    // What it has built goes on working.
    expect((await inRuby('tiny-hello', 'still')).stdout).toBe('hello from 1.0.0, still\n');
  });
});
