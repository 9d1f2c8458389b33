import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { type MavenServer, startMaven } from '../fixtures/maven/index.js';
import { type PypiServer, startPypi, wheel } from '../fixtures/pypi/index.js';
import {
  javaSite,
  makeSigningKey,
  pythonSite,
  type SigningKey,
  startVendors,
  type VendorServer,
} from '../fixtures/vendor-server/index.js';
import { ownHome } from './support/own-home.js';
import { pythonSpec, rnx, specFolder } from './support/rnx.js';
import { configOf, restoreConfig } from './support/store-config.js';

/** A JDK as a vendor packs it, made of the distribution's. */
const PACK_JDK = `cd "$JAVA_HOME" && tar --create --dereference --exclude=./docs --exclude=./man --exclude=./jmods \
  --transform='s,^\\.,jdk-17,' .`;
const PRINT_VERSION = 'System.out.println(Runtime.version().toString().replaceAll("-.*", ""))';

function javaSpec(name: string, rest: string, version = '17'): string {
  return specFolder(`schema_version: "1.0"
name: ${name}
version: 1.0.0
description: made by a test
base:
  language: java
  version: "${version}"
${rest}`);
}

/** The vendors' own hosts cannot be relied on: a server with Adoptium's layout stands in, with a JDK that really runs. */
describe('a language from an archive of its vendor', () => {
  let key: SigningKey;
  let vendors: VendorServer;
  let maven: MavenServer;
  let exact: string;
  const env = ownHome();
  const config = configOf(inject('store'));

  const configure = (text: string) => {
    writeFileSync(config, `toolchains:\n${text}`);
  };
  const build = async (spec: string, more: Record<string, string> = {}) => {
    const built = await rnx(['runtime', 'build', '--json', spec], { env: { ...env, ...more } });
    return { ...built, document: JSON.parse(String(built.stdout)) };
  };

  beforeAll(async () => {
    const made = await build(javaSpec('java-to-pack', ''));
    expect(made.exitCode, String(made.stderr)).toBe(0);
    const run = (...command: readonly string[]) => rnx(['job', 'run', '--runtime=java-to-pack', ...command]);
    const source = `class V { public static void main(String[] a) { ${PRINT_VERSION}; } }`;
    exact = String((await run('sh', '-c', 'echo "$1" > V.java && java V.java', 'sh', source)).stdout).trim();
    expect(exact).toMatch(/^17\./);
    const downloads = mkdtempSync(path.join(tmpdir(), 'jdk-'));
    const packed = await rnx([
      'job',
      'run',
      '--download',
      `jdk.tar:${downloads}`,
      '--runtime=java-to-pack',
      'sh',
      '-c',
      `(${PACK_JDK}) > jdk.tar`,
    ]);
    expect(packed.exitCode, String(packed.stderr)).toBe(0);
    const content = readFileSync(path.join(downloads, 'jdk.tar'));
    rmSync(downloads, { recursive: true });
    key = await makeSigningKey();
    vendors = await startVendors([(origin, own) => javaSite(origin, own, [{ version: exact, content }])], key);
    maven = await startMaven([{ coordinate: 'org.tiny:base:1.0' }]);
  });
  afterAll(async () => {
    restoreConfig(inject('store'));
    await Promise.all([vendors?.close(), maven?.close(), key?.close()]);
  });

  it('is built in, runs, and is written down with its address and hash', async () => {
    configure(`  addresses: { java: '${vendors.origin}/java' }\n  keyrings: { java: ${key.keyring} }\n`);
    const home = ownHome({ '.m2/settings.xml': maven.settings() });
    const spec = javaSpec('java-vendor', '  source: [vendor]\nmaven:\n  - org.tiny:base\n');
    const built = await build(spec, home);
    expect(built.exitCode, String(built.stderr)).toBe(0);
    const manifest = parse(readFileSync(path.join(built.document.install_path, 'runtime.yml'), 'utf8'));
    expect(manifest).toMatchObject({
      packages: ['org.tiny:base:1.0'],
      build_info: {
        source: 'vendor',
        language_version_exact: exact,
        toolchain: [expect.stringContaining('sha256:')],
        toolchain_evidence: 'signature',
      },
    });
    const script =
      'readlink -f "$(command -v java)" "$JAVA_HOME"; keytool -list -cacerts -storepass changeit | grep -c trustedCert';
    const shown = await rnx(['job', 'run', '--runtime=java-vendor', 'sh', '-c', script]);
    expect(shown.stdout).toMatch(/^\/opt\/joblet\/java\/bin\/java\n\/opt\/joblet\/java\n\d\d+\n$/);
  });

  it('is refused when it is another than its checksum says, and the runtime before it is kept', async () => {
    const addresses = `  addresses: { java: '${vendors.origin}/java' }\n`;
    configure(addresses);
    for (const name of vendors.site.keys()) {
      if (name.includes('/assets/')) {
        const text = String(vendors.site.get(name)).replace(/("checksum":")[0-9a-f]{8}/, '$100000000');
        vendors.site.set(name, Buffer.from(text));
      }
    }
    const spec = javaSpec('java-vendor', '  source: [vendor]\n');
    const refused = await build(spec);
    expect(refused.exitCode).toBe(6);
    expect(refused.document.error).toMatchObject({ code: 'E_CHECKSUM', phase: 'install-base' });
    expect((await rnx(['runtime', 'test', 'java-vendor'])).exitCode).toBe(0);
  });

  it('is not looked for, nor in Ubuntu, where the configuration names other sources', async () => {
    configure(`  sources: [distribution, releases]\n  addresses: { java: '${vendors.origin}/java' }\n`);
    const before = vendors.requests.length;
    const listed = await rnx(['runtime', 'versions', 'java', '--json'], { env });
    expect(listed.exitCode, String(listed.stderr)).toBe(0);
    expect(listed.stdout).not.toMatch(/vendor|ubuntu|mirror/);
    const failed = await build(javaSpec('java-none', '', '18'));
    expect(failed.document.error).toMatchObject({ code: 'E_VERSION_UNAVAILABLE' });
    expect(failed.document.error.sources.map(({ source }: { source: string }) => source)).toEqual([
      'distribution',
      'releases',
    ]);
    expect(vendors.requests.slice(before)).toEqual([]);
  });

  it('is looked for at a mirror, before the vendor, where the configuration has one', async () => {
    configure(
      `  sources: [mirror, vendor]\n  addresses: { mirror: '${vendors.origin}', java: 'http://127.0.0.1:9' }\n`,
    );
    const failed = await build(javaSpec('java-none', '', '18'));
    expect(failed.document.error.sources).toMatchObject([
      { source: 'mirror', versions: [expect.stringMatching(/^17 /)] },
      { source: 'vendor', unreachable: expect.stringContaining('refuses connections') },
    ]);
  });
});

/** A python as python-build-standalone packs it, made of the distribution's; what that one links to comes by a hook. */
describe('python from an archive', () => {
  const PACK_PYTHON = `mkdir -p python/bin python/lib/python3 && cp /usr/bin/python3.11 python/bin &&
    cp -rL /usr/lib/python3.11 python/lib/ && cp -rL /usr/lib/python3/dist-packages python/lib/python3/ &&
    tar -cf /work/python.tar python`;
  const config = configOf(inject('store'));
  let key: SigningKey;
  let vendors: VendorServer;
  let pypi: PypiServer;

  beforeAll(async () => {
    const made = await rnx(['runtime', 'build', '--json', specFolder(pythonSpec({ name: 'python-to-pack' }))]);
    expect(made.exitCode, String(made.stderr)).toBe(0);
    const downloads = mkdtempSync(path.join(tmpdir(), 'python-'));
    const download = ['--download', `python.tar:${downloads}`];
    const packed = await rnx(['job', 'run', ...download, '--runtime=python-to-pack', 'sh', '-c', PACK_PYTHON]);
    expect(packed.exitCode, String(packed.stderr)).toBe(0);
    const content = readFileSync(path.join(downloads, 'python.tar'));
    rmSync(downloads, { recursive: true });
    key = await makeSigningKey();
    vendors = await startVendors([(origin, own) => pythonSite(origin, own, [{ version: '3.11.2', content }])], key);
    pypi = await startPypi([
      wheel({ name: 'tiny-base', version: '1.0' }),
      wheel({ name: 'tiny-app', version: '2.0', requires: ['tiny-base'] }),
    ]);
    writeFileSync(config, `toolchains:\n  addresses: { python: '${vendors.origin}/python' }\n`);
  });
  afterAll(async () => {
    restoreConfig(inject('store'));
    await Promise.all([vendors?.close(), pypi?.close(), key?.close()]);
  });

  it('is the python of the runtime, and packages are installed into it', async () => {
    const rest = `  source: [vendor]
pip:
  - tiny-app
hooks:
  pre_install: |
    apt-get install -y --no-install-recommends libsqlite3-0 libexpat1 libffi8 libbz2-1.0
`;
    const spec = specFolder(pythonSpec({ name: 'python-archive', rest }));
    const env = { ...ownHome(), PIP_INDEX_URL: pypi.indexUrl };
    const built = await rnx(['runtime', 'build', '--json', spec], { env });
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    const manifest = parse(
      readFileSync(path.join(JSON.parse(String(built.stdout)).install_path, 'runtime.yml'), 'utf8'),
    );
    expect(manifest).toMatchObject({
      packages: expect.arrayContaining(['tiny-app==2.0', 'tiny-base==1.0']),
      build_info: { source: 'vendor', language_version_exact: '3.11.2' },
    });
    const script = 'import sys, tiny_app, tiny_base; print(sys.prefix, tiny_app.__file__.startswith(sys.prefix))';
    for (const name of ['python', 'python3', 'python3.11']) {
      const shown = await rnx(['job', 'run', '--runtime=python-archive', name, '-c', script]);
      expect(shown.stdout, String(shown.stderr)).toBe('/opt/joblet/python True\n');
    }
    expect((await rnx(['runtime', 'test', 'python-archive'])).exitCode).toBe(0);
  });
});
