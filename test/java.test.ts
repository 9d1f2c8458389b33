import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type MavenServer, startMaven } from '../fixtures/maven/index.js';
import { startProxy } from './support/http-proxy.js';
import { ownHome } from './support/own-home.js';
import { rnx, specFolder } from './support/rnx.js';

const PASSWORD = 'correct-horse-7';
const SERVER = `<servers><server><id>tests</id><username>builder</username>
  <password>\${env.TINY_PASSWORD}</password></server></servers>`;
const LIBRARIES = [
  { coordinate: 'org.tiny:base:1.0' },
  { coordinate: 'org.tiny:base:1.5' },
  { coordinate: 'org.tiny:base:2.0-beta1' },
  { coordinate: 'org.tiny:extra:1.0' },
  { coordinate: 'org.tiny:app:1.2', requires: ['org.tiny:base:1.0', 'org.tiny:extra:1.0 (optional)'] },
  { coordinate: 'org.tiny:orphan:1.0', requires: ['org.tiny:nowhere:1.0'] },
  { coordinate: 'org.tiny:broken:1.0' },
];

function javaSpec(name: string, rest: string, language = 'java', version = '17'): string {
  return specFolder(`schema_version: "1.0"
name: ${name}
version: 1.0.0
description: made by a test
base:
  language: ${language}
  version: "${version}"
${rest}`);
}

describe('a java runtime', () => {
  let maven: MavenServer;
  let env: Record<string, string>;
  let log: string;
  let installPath: string;

  beforeAll(async () => {
    maven = await startMaven(LIBRARIES, { auth: { user: 'builder', password: PASSWORD } });
    maven.tamper('org.tiny:broken:1.0');
    const home = ownHome({ '.m2/settings.xml': maven.settings(SERVER) });
    env = { ...home, TINY_PASSWORD: PASSWORD };
    const spec = javaSpec('java-e2e', 'maven:\n  - org.tiny:app:1.2\n  - org.tiny:extra\n');
    const built = await rnx(['runtime', 'build', '--json', '-v', spec], { env });
    log = `${built.stderr}${built.stdout}`;
    expect(built.exitCode, log).toBe(0);
    installPath = JSON.parse(String(built.stdout)).install_path;
  });
  afterAll(() => maven.close());

  const run = (...command: readonly string[]) => rnx(['job', 'run', '--runtime=java-e2e', ...command]);

  it('has java, javac, jar and jshell of the version on PATH, and JAVA_HOME', async () => {
    const shown = await run(
      'sh',
      '-c',
      'for p in java javac jar "$JAVA_HOME/bin/java"; do "$p" --version | head -1; done; command -v jshell',
    );
    expect(shown.stdout).toMatch(
      /^openjdk 17\.\S+.*\njavac 17\.\S+\njar 17\.\S+\nopenjdk 17\.\S+.*\n\/usr\/bin\/jshell\n$/,
    );
  });

  it('compiles and runs a class with its libraries, found by CLASSPATH, beside what is in the working directory', async () => {
    const source = `public class Main { public static void main(String[] a) {
      System.out.println(org.tiny.App.class.getName() + " " + org.tiny.Base.class.getName()); } }`;
    const done = await run('sh', '-c', 'printf "%s" "$1" > Main.java && javac Main.java && java Main', 'sh', source);
    expect(done.stdout).toBe('org.tiny.App org.tiny.Base\n');
  });

  it("trusts exactly the authorities of the host's bundle", async () => {
    const listed = await run(
      'sh',
      '-c',
      'keytool -list -cacerts -storepass changeit; grep -c BEGIN /etc/ssl/certs/ca-certificates.crt',
    );
    const [, entries] = /contains (\d+) entries/.exec(String(listed.stdout)) ?? [];
    const bundle = readFileSync(path.join(installPath, 'isolated/etc/ssl/certs/ca-certificates.crt'), 'utf8');
    expect(Number(entries)).toBe(new Set(bundle.match(/-----BEGIN[^-]+-----[^-]+/g)).size);
    expect(Number(entries)).toBeGreaterThan(50);
  });

  it('draws pictures, and refuses windows: it has nothing of a display', async () => {
    const source = `public class Draw { public static void main(String[] a) throws Exception {
      var image = new java.awt.image.BufferedImage(50, 50, 1);
      image.createGraphics().drawString("text", 5, 20);
      System.out.println(javax.imageio.ImageIO.write(image, "png", new java.io.File("x.png")));
      try { new java.awt.Frame(); } catch (java.awt.HeadlessException e) { System.out.println("headless"); } } }`;
    const drawn = await run(
      'sh',
      '-c',
      'printf "%s" "$1" > Draw.java && java Draw.java; find / -name "libX11*" -o -name src.zip',
      'sh',
      source,
    );
    expect(drawn.stdout).toBe('true\nheadless\n');
  });

  it('lists its libraries with all that they need, exactly', () => {
    const manifest = parse(readFileSync(path.join(installPath, 'runtime.yml'), 'utf8'));
    expect(manifest.packages).toEqual(['org.tiny:app:1.2', 'org.tiny:base:1.0', 'org.tiny:extra:1.0']);
    expect(manifest.language_version).toBe('17');
  });

  it('has nothing of the settings, and no output shows the password', async () => {
    expect(log).not.toContain(PASSWORD);
    const found = await run(
      'sh',
      '-c',
      `grep -rlE "${PASSWORD}|<mirrorOf>" / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev 2>/dev/null`,
    );
    expect(found.stdout).toBe('');
  });

  it('passes its test as it is', async () => {
    const tested = await rnx(['runtime', 'test', 'java-e2e']);
    expect(tested.exitCode, `${tested.stdout}${tested.stderr}`).toBe(0);
  });

  it('is known to be broken when a library is gone from it', async () => {
    const jar = path.join(installPath, 'isolated/usr/local/share/java/org.tiny.base-1.0.jar');
    copyFileSync(jar, `${jar}.aside`);
    rmSync(jar);
    const tested = await rnx(['runtime', 'test', 'java-e2e']);
    copyFileSync(`${jar}.aside`, jar);
    rmSync(`${jar}.aside`);
    expect(tested.exitCode).toBe(7);
    expect(`${tested.stdout}${tested.stderr}`).toContain('Maven packages load');
  });

  it('takes the newest release of a library without a version and of a range, not a preview', async () => {
    const spec = javaSpec('java-versions', 'maven:\n  - org.tiny:base\n  - org.tiny:app:[1.0,2.0)\n');
    const planned = await rnx(['runtime', 'build', '--json', spec], { env });
    expect(planned.exitCode, `${planned.stderr}${planned.stdout}`).toBe(0);
    const manifest = parse(
      readFileSync(path.join(JSON.parse(String(planned.stdout)).install_path, 'runtime.yml'), 'utf8'),
    );
    expect(manifest.packages).toEqual(['org.tiny:base:1.5', 'org.tiny:app:1.2']);
  });

  it('is resolved in the build root when a hook may have changed java, without what is optional', async () => {
    const spec = javaSpec('java-hook', 'maven:\n  - org.tiny:app\nhooks:\n  pre_install: |\n    true\n');
    const built = await rnx(['runtime', 'build', '--json', spec], { env });
    expect(built.exitCode, `${built.stderr}${built.stdout}`).toBe(0);
    const manifest = parse(
      readFileSync(path.join(JSON.parse(String(built.stdout)).install_path, 'runtime.yml'), 'utf8'),
    );
    expect(manifest.packages).toEqual(['org.tiny:app:1.2', 'org.tiny:base:1.0']);
    expect(manifest.build_info.distribution_packages.join('\n')).not.toMatch(/^maven=/m);
  });

  it.each([
    [
      'a library that is not there',
      ['org.tiny:app', 'org.tiny:nothing:1.0', 'org.tiny:base:9'],
      5,
      'E_PACKAGE_NOT_FOUND',
      /org\.tiny:nothing:1\.0, org\.tiny:base:9/,
    ],
    [
      'a library that needs one that is not there',
      ['org.tiny:orphan:1.0'],
      5,
      'E_PACKAGE_NOT_FOUND',
      /org\.tiny:nowhere:1\.0/,
    ],
    ['a jar that is not what its checksum says', ['org.tiny:broken:1.0'], 6, 'E_NETWORK', /checksum/],
  ])('fails in phase 4 for %s', async (_, list, status, code, message) => {
    const spec = javaSpec('java-bad', `maven:\n${list.map((one) => `  - ${one}\n`).join('')}`);
    const failed = await rnx(['runtime', 'build', '--json', spec], { env });
    expect(failed.exitCode).toBe(status);
    expect(JSON.parse(String(failed.stdout)).error).toMatchObject({ code, phase: 'validate-packages' });
    expect(JSON.parse(String(failed.stdout)).error.message).toMatch(message);
  });

  it.each(['settings.xml', 'the environment'])('asks through the proxy of %s', async (of) => {
    const { origin } = new URL(maven.url);
    const credentials = { user: 'me', password: 'p@ss:word' };
    const proxy = await startProxy(credentials, new Map([['repo.company.test', origin]]));
    try {
      const { port } = new URL(proxy.url);
      const element = `<proxy><id>p</id><active>true</active><protocol>http</protocol><host>127.0.0.1</host><port>${port}</port>
        <username>${credentials.user}</username><password>${credentials.password}</password></proxy>`;
      const settings = `<settings><mirrors><mirror><id>tests</id><mirrorOf>*</mirrorOf>
        <url>http://repo.company.test/maven2</url></mirror></mirrors>${SERVER}
        ${of === 'settings.xml' ? `<proxies>${element}</proxies>` : ''}</settings>`;
      const home = ownHome({ '.m2/settings.xml': settings });
      const spec = javaSpec('java-bad', 'maven:\n  - org.tiny:base:9\n');
      const failed = await rnx(['runtime', 'build', '--json', '-v', spec], {
        env: { ...home, TINY_PASSWORD: PASSWORD, ...(of === 'settings.xml' ? {} : { http_proxy: proxy.url }) },
      });
      expect(JSON.parse(String(failed.stdout)).error).toMatchObject({ code: 'E_PACKAGE_NOT_FOUND' });
      expect(JSON.parse(String(failed.stdout)).error.hint).toContain('1.5');
      expect(proxy.requests).toContain('http://repo.company.test/maven2/org/tiny/base/maven-metadata.xml');
      expect(`${failed.stdout}${failed.stderr}`).not.toMatch(/p@ss|p%40ss/);
    } finally {
      await proxy.close();
    }
  });

  it('says that a password is wanted when it is wrong', async () => {
    const spec = javaSpec('java-bad', 'maven:\n  - org.tiny:extra:1.0\n');
    const failed = await rnx(['runtime', 'build', '--json', spec], { env: { ...env, TINY_PASSWORD: 'wrong' } });
    expect(failed.exitCode).toBe(6);
    expect(JSON.parse(String(failed.stdout)).error.message).toContain('credentials');
  });
});
