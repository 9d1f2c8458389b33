import { afterAll, describe, inject, it } from 'vitest';
import { type GoProxy, startGoProxy } from '../fixtures/go-proxy/index.js';
import { describePack } from './conformance/index.js';
import { ownHome } from './support/own-home.js';

let proxy: GoProxy | undefined;
afterAll(() => proxy?.close());

/** What lies in the runtime as a module proxy would serve it. */
const INVENTORY = `
cd /usr/local/share/go/proxy 2>/dev/null || exit 0
find . -name '*.zip' | sed -E 's#^\\./(.*)/@v/(.*)\\.zip$#\\1 \\2#'`;

describePack(
  'go',
  async () => {
    const server = await startGoProxy([
      { path: 'example.test/base', version: 'v1.0.0', files: { 'base.go': 'package base\n' } },
      { path: 'example.test/base', version: 'v1.1.0', files: { 'base.go': 'package base\n' } },
      {
        path: 'example.test/app',
        version: 'v1.2.0',
        requires: ['example.test/base v1.0.0'],
        files: { 'app.go': 'package app\n\nimport _ "example.test/base"\n' },
      },
    ]);
    proxy = server;
    return {
      versions: ['1.21', '1.19', '1.24'],
      unknownVersion: '1.99',
      values: { go: ['example.test/app'] },
      inventory: ['sh', '-c', INVENTORY],
      badSpecs: [
        { title: 'a name without a host', values: { go: ['example.test/app', 'base'] }, at: ['go', 1] },
        { title: 'a version that is relative to another', values: { go: ['example.test/app@patch'] }, at: ['go', 0] },
        { title: 'a module twice', values: { go: ['example.test/a@v1.0.0', 'example.test/a'] }, at: ['go', 1] },
      ],
      missing: { values: { go: ['example.test/app', 'example.test/nothing@v1.0.0'] }, at: ['go', 1] },
      breakages: [
        { title: 'without its C compiler', remove: ['/usr/bin/gcc*', '/usr/bin/x86_64-linux-gnu-gcc*'] },
        { title: 'without its headers of C', remove: ['/usr/include/stdlib.h'] },
      ],
      env: { ...definedEnvironment(), ...ownHome(), GOPROXY: server.url, GOSUMDB: 'off' },
      store: inject('store'),
    };
  },
  { describe, it },
);

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
