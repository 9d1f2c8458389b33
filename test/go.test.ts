import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type GoProxy, startGoProxy, type TestModule } from '../fixtures/go-proxy/index.js';
import { makeCompanyCertificate } from '../fixtures/pypi/index.js';
import { ownHome } from './support/own-home.js';
import { rnx, specFolder } from './support/rnx.js';

const PASSWORD = 'correct-horse-8';

const MODULES: readonly TestModule[] = [
  {
    path: 'example.test/greet',
    version: 'v1.0.0',
    requires: ['example.test/words v0.1.0'],
    files: {
      'greet.go':
        'package greet\n\nimport "example.test/words"\n\nfunc Hello() string { return words.Hello + " from 1.0" }\n',
    },
  },
  {
    path: 'example.test/greet',
    version: 'v1.1.0',
    files: { 'greet.go': 'package greet\n\nfunc Hello() string { return "new" }\n' },
  },
  {
    path: 'example.test/words',
    version: 'v0.1.0',
    files: { 'words.go': 'package words\n\nconst Hello = "hello"\n' },
  },
  {
    path: 'example.test/tools',
    version: 'v0.2.0',
    files: { 'cmd/shout/main.go': 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("SHOUT") }\n' },
  },
];

function goSpec(name: string, rest: string): string {
  return specFolder(`schema_version: "1.0"
name: ${name}
version: 1.0.0
description: made by a test
base:
  language: go
  version: "1.21"
${rest}`);
}

describe('a go runtime', () => {
  let proxy: GoProxy;
  let env: Record<string, string>;
  let log: string;
  let installPath: string;

  beforeAll(async () => {
    // go sends no password without TLS.
    const tls = await makeCompanyCertificate();
    proxy = await startGoProxy(MODULES, { auth: { user: 'builder', password: PASSWORD }, tls });
    const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'authorities-')), 'bundle.pem');
    writeFileSync(bundle, `${readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8')}${tls.authority}`);
    const address = proxy.url.replace('://', `://builder:${PASSWORD}@`);
    env = { ...ownHome(), GOPROXY: address, GOSUMDB: 'off', SSL_CERT_FILE: bundle };
    const spec = goSpec('go-e2e', 'go:\n  - example.test/greet@v1.0.0\n  - example.test/tools/cmd/shout\n');
    const built = await rnx(['runtime', 'build', '--json', '-v', spec], { env });
    log = `${built.stderr}${built.stdout}`;
    expect(built.exitCode, log).toBe(0);
    installPath = JSON.parse(String(built.stdout)).install_path;
  });
  afterAll(() => proxy.close());

  const run = (script: string, ...args: readonly string[]) =>
    rnx(['job', 'run', '--runtime=go-e2e', 'sh', '-ec', script, 'sh', ...args]);

  it('has go and gofmt of the version on PATH', async () => {
    const shown = await run('go version; echo "package  x" | gofmt');
    expect(shown.stdout).toMatch(/^go version go1\.21\.\d+ linux\/\w+\npackage x\n$/);
  });

  it('builds and runs a module of the standard library, with C and without, and compiles none of the library anew', async () => {
    const program = `package main
// static int two(void) { return 2; }
import "C"
import ("fmt"; "net/http")
func main() { fmt.Println(C.two(), http.StatusText(200)) }
`;
    const pure = program.replace(/^\/\/.*\n.*"C"\n/m, '').replace('C.two()', '2');
    const done = await run(
      `go mod init m 2>/dev/null; printf '%s' "$1" > main.go; go run .
       printf '%s' "$2" > main.go; go build -x -o m . 2> log; ./m; grep -c /compile log; CGO_ENABLED=0 go run .`,
      program,
      pure,
    );
    expect(done.stdout, String(done.stderr)).toBe('2 OK\n2 OK\n1\n2 OK\n');
  });

  it('builds a user’s module with the modules of the runtime, exactly those, without a network', async () => {
    const program = `package main
import ("fmt"; "example.test/greet")
func main() { fmt.Println(greet.Hello()) }
`;
    const done = await run(
      `go mod init m 2>/dev/null; printf '%s' "$1" > main.go; go mod tidy 2>/dev/null; go run .; go list -m all`,
      program,
    );
    expect(done.stdout, String(done.stderr)).toBe(
      'hello from 1.0\nm\nexample.test/greet v1.0.0\nexample.test/words v0.1.0\n',
    );
  });

  it('has the programs of its list on PATH', async () => {
    expect((await run('shout')).stdout).toBe('SHOUT\n');
  });

  it('lists its modules with all that they need, and their hashes are in no doubt', () => {
    const manifest = parse(readFileSync(path.join(installPath, 'runtime.yml'), 'utf8'));
    expect(manifest.packages).toEqual([
      'example.test/greet@v1.0.0',
      'example.test/tools@v0.2.0',
      'example.test/words@v0.1.0',
    ]);
    expect(manifest.build_info.language_version_exact).toMatch(/^1\.21\.\d+/);
  });

  it('shows the password of the proxy nowhere', async () => {
    expect(log).not.toContain(PASSWORD);
    const found = await run(
      `grep -rl "${PASSWORD}" / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev 2>/dev/null || true`,
    );
    expect(found.stdout).toBe('');
  });

  it('is refused in phase 4 when a module, or a version of it, is not there, with its line', async () => {
    const spec = goSpec('go-missing', 'go:\n  - example.test/greet@v1.0.0\n  - example.test/greet/v2@v2.0.0\n');
    const built = await rnx(['runtime', 'build', spec], { env });
    expect(built.exitCode).toBe(5);
    expect(built.stderr).toMatch(/^Error: package not found: example\.test\/greet\/v2@v2\.0\.0\nruntime\.yaml:10:5$/m);
    expect(built.stdout).not.toContain('[5/14]');
  });

  it('names a proxy that cannot be reached', async () => {
    const spec = goSpec('go-unreachable', 'go:\n  - example.test/greet@v1.0.0\n');
    const built = await rnx(['runtime', 'build', spec], { env: { ...env, GOPROXY: 'http://127.0.0.1:9' } });
    expect(built.exitCode).toBe(6);
    expect(built.stderr).toMatch(/^Error: .*127\.0\.0\.1:9/m);
  });
});
