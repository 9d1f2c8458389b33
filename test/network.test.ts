import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeCompanyCertificate, type PypiOptions, type PypiServer, startPypi, wheel } from '../fixtures/pypi/index.js';
import { startProxy } from './support/http-proxy.js';
import { ownHome } from './support/own-home.js';
import { pythonSpec, rnx, specFolder } from './support/rnx.js';
import { watchForSecret } from './support/secret-watch.js';

const tiny = wheel({ name: 'tiny', version: '1.0' });
const late = wheel({ name: 'late', version: '1.0' });
const PASSWORD = `p4ss/w0rd+of the index ${randomUUID()}`;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function index(options: PypiOptions = {}): Promise<PypiServer> {
  const server = await startPypi([tiny, late], options);
  open.push(server);
  return server;
}

interface Parts {
  readonly pip?: readonly string[];
  readonly options?: string;
  readonly hook?: string;
}

function spec(name: string, { pip = ['tiny'], options, hook }: Parts = {}): string {
  const rest = [
    `pip: [${pip.join(', ')}]`,
    ...(options ? [`pip_options: "${options}"`] : []),
    ...(hook ? [`hooks:\n  post_install: |\n    ${hook.trim().replaceAll('\n', '\n    ')}`] : []),
    '',
  ];
  return specFolder(pythonSpec({ name, rest: rest.join('\n') }));
}

function build(folder: string, env: Record<string, string>) {
  return rnx(['runtime', 'build', '-v', folder], { env });
}

const withCredentials = (url: string) => url.replace('://', `://someone:${encodeURIComponent(PASSWORD)}@`);
const installed = (name: string) => path.join(inject('store'), 'runtimes', name, '1.0.0');
const asksFor = (server: PypiServer, project: string) =>
  server.requests.some((line) => line.includes(`/simple/${project}/`));

/** What a build was given to reach its indexes, by the names that it has inside. */
const TRACES = ['joblet-', 'host-authorities', 'host-apt'];
async function expectNoTrace(name: string, more: readonly string[]): Promise<void> {
  const patterns = [...TRACES, ...more].flatMap((text) => ['-e', text]);
  const found = await execa('grep', ['-rlaF', ...patterns, path.join(installed(name), 'isolated')], { reject: false });
  expect(found.stdout).toBe('');
  const files = await execa('find', [
    ...[installed(name), '(', '-name', 'pip.conf', '-o', '-name', '*netrc', '-o', '-name', 'auth.conf', ')'],
  ]);
  expect(files.stdout).toBe('');
  const manifest = readFileSync(path.join(installed(name), 'runtime.yml'), 'utf8');
  for (const text of [...TRACES, ...more]) expect(manifest).not.toContain(text);
}

describe('the network side of a build', () => {
  // The base, the language and the tools that all of these share.
  beforeAll(async () => {
    const built = await rnx([
      'runtime',
      'build',
      specFolder(pythonSpec({ name: 'network-warm', rest: 'pip: [six]\n' })),
    ]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  });

  describe('with an index of a company’s own authority', () => {
    it('says that its certificate is not trusted where the host does not know the authority', async () => {
      const pypi = await index({ tls: await makeCompanyCertificate() });
      const built = await build(spec('network-stranger'), { ...ownHome(), PIP_INDEX_URL: pypi.indexUrl });
      expect(built.exitCode).toBe(6);
      expect(built.stderr).toMatch(/^Error: the certificate of 127\.0\.0\.1:\d+ is not trusted$/m);
      expect(built.stderr).toContain('Hint: ');
    });

    it('trusts it in pip and in every program of a hook, and gives the runtime the host’s bundle', async () => {
      const company = await makeCompanyCertificate();
      const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'authorities-')), 'bundle.pem');
      writeFileSync(bundle, `${readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8')}${company.authority}`);
      const pypi = await index({ tls: company });
      const url = `${pypi.origin}/files/${tiny.fileName}`;
      const hook = `
check() {
  python3.11 -c "import urllib.request as r; r.urlopen('${url}').read()" && echo "$1: python"
  env -u SSL_CERT_FILE python3.11 -c "import urllib.request as r; r.urlopen('${url}').read()" && echo "$1: python alone"
  openssl s_client -connect ${pypi.origin.slice('https://'.length)} -verify_return_error </dev/null >/dev/null 2>&1 && echo "$1: openssl"
  env -i /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file ${url} /tmp/fetched && echo "$1: gnutls"
  if command -v curl; then curl -sSf -o /dev/null ${url} && echo "$1: curl"; env -i curl -sSf -o /dev/null ${url} && echo "$1: curl alone"; fi
}
check before
update-ca-certificates && check updated
apt-get install -y -q --no-install-recommends --reinstall ca-certificates curl && check reinstalled`;
      const env = { ...ownHome(), PIP_INDEX_URL: pypi.indexUrl, SSL_CERT_FILE: bundle };
      const built = await build(spec('network-company', { hook }), env);
      expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
      for (const when of ['before', 'updated', 'reinstalled']) {
        for (const who of ['python', 'python alone', 'openssl', 'gnutls'])
          expect(built.stdout).toContain(`${when}: ${who}\n`);
      }
      for (const who of ['curl', 'curl alone']) expect(built.stdout).toContain(`reinstalled: ${who}\n`);
      const inside = readFileSync(
        path.join(installed('network-company'), 'isolated/etc/ssl/certs/ca-certificates.crt'),
      );
      expect(inside.equals(readFileSync(bundle))).toBe(true);
      await expectNoTrace('network-company', [path.dirname(bundle), pypi.origin]);
    });
  });

  describe('with an index that wants a password', () => {
    it.each(['PIP_INDEX_URL', 'a netrc file'])('takes it from %s, and it is nowhere', async (from) => {
      const name = from === 'PIP_INDEX_URL' ? 'network-url-password' : 'network-netrc';
      const own = wheel({ name: name.replaceAll('-', '_'), version: '1.0' });
      const pypi = await index({ auth: { user: 'someone', password: PASSWORD } });
      pypi.add(own);
      const env: Record<string, string> =
        from === 'PIP_INDEX_URL'
          ? { ...ownHome(), PIP_INDEX_URL: withCredentials(pypi.indexUrl) }
          : ownHome({
              '.netrc': `machine 127.0.0.1 login someone password "${PASSWORD}"\n`,
              '.config/pip/pip.conf': `[global]\nindex-url = ${pypi.indexUrl}\n`,
            });
      const watches = [PASSWORD, encodeURIComponent(PASSWORD)].map(watchForSecret);
      pypi.onRequest(() => {
        for (const watch of watches) watch.look();
      });
      const hook = 'pip install late\ncat "$PIP_CONFIG_FILE" $NETRC; pip config debug; env';
      const built = await build(spec(name, { pip: [own.project], hook }), env);
      expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
      for (const watch of watches) expect(await watch.end(inject('store'))).toEqual([]);
      expect(asksFor(pypi, 'late')).toBe(true);
      const shown = `${built.stdout}${built.stderr}${JSON.stringify(built.command)}`;
      expect(shown).not.toContain(PASSWORD);
      expect(shown).not.toContain(encodeURIComponent(PASSWORD));
      await expectNoTrace(name, [pypi.origin]);
      const run = await rnx([
        'job',
        'run',
        `--runtime=${name}`,
        'python',
        '-c',
        'import late; print(late.__version__)',
      ]);
      expect(run.stdout).toBe('1.0\n');
    });

    it('is refused at its line when the YAML holds it', async () => {
      const folder = spec('network-yaml', { options: `--index-url https://someone:hunter22@pypi.example.com/simple` });
      const built = await build(folder, ownHome());
      expect(built.exitCode).toBe(3);
      expect(built.stderr).toMatch(/runtime\.yaml:9:\d+.*--index-url holds credentials/);
      expect(`${built.stdout}${built.stderr}`).not.toContain('hunter22');
    });
  });

  it('takes the index of the host’s pip.conf, but an --index-url of the spec wins', async () => {
    const [host, own] = [await index(), await index()];
    const env = ownHome({ '.config/pip/pip.conf': `[global]\nindex-url = ${host.indexUrl}\n` });
    const plain = await rnx(['runtime', 'validate', spec('network-conf')], { env });
    expect(plain.exitCode, `${plain.stdout}${plain.stderr}`).toBe(0);
    expect([host, own].map((server) => asksFor(server, 'tiny'))).toEqual([true, false]);
    const asked = host.requests.length;
    const folder = spec('network-conf', { options: `--index-url ${own.indexUrl}` });
    const chosen = await rnx(['runtime', 'validate', folder], { env });
    expect(chosen.exitCode, `${chosen.stdout}${chosen.stderr}`).toBe(0);
    expect(host.requests.length).toBe(asked);
    expect(asksFor(own, 'tiny')).toBe(true);
  });

  it('goes through the host’s proxy, in pip and in hooks, those of its apt.conf too, and shows its password nowhere', async () => {
    const own = wheel({ name: 'proxied', version: '1.0' });
    const pypi = await index();
    pypi.add(own);
    const names = new Map([
      ['packages.invalid', pypi.origin],
      ['hook.invalid', pypi.origin],
    ]);
    const proxy = await startProxy({ user: 'someone', password: PASSWORD }, names);
    // For this host alone: what apt fetches from its mirrors is none of the test's business.
    const aptPassword = 'of-the-proxy-of-apt';
    const ofApt = await startProxy({ user: 'apt', password: aptPassword }, new Map([['apt.invalid', pypi.origin]]));
    open.push(proxy, ofApt);
    const aptConfig = path.join(mkdtempSync(path.join(tmpdir(), 'apt-')), 'apt.conf');
    writeFileSync(aptConfig, `Acquire::http::Proxy::apt.invalid "${ofApt.url}";\n`);
    const env = {
      ...ownHome(),
      APT_CONFIG: aptConfig,
      http_proxy: proxy.url,
      PIP_INDEX_URL: 'http://packages.invalid/simple',
      PIP_TRUSTED_HOST: 'packages.invalid',
    };
    const hook = `
python3.11 -c "import urllib.request as r; r.urlopen('http://hook.invalid/files/${tiny.fileName}').read()"
env -u http_proxy /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file http://apt.invalid/files/${tiny.fileName} /tmp/fetched
apt-config dump Acquire::http::Proxy
echo "the proxy is $http_proxy"`;
    const watches = [PASSWORD, encodeURIComponent(PASSWORD)].map(watchForSecret);
    const built = await build(spec('network-proxy', { pip: ['proxied'], hook }), env);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    for (const watch of watches) expect(await watch.end(inject('store'))).toEqual([]);
    expect(proxy.requests).toEqual(
      expect.arrayContaining([
        'http://packages.invalid/simple/proxied/',
        `http://packages.invalid/files/${own.fileName}`,
        `http://hook.invalid/files/${tiny.fileName}`,
      ]),
    );
    expect(built.stdout).toMatch(/the proxy is http:\/\/.*\*\*\*@127\.0\.0\.1/);
    expect(ofApt.requests).toContain(`http://apt.invalid/files/${tiny.fileName}`);
    for (const form of [PASSWORD, encodeURIComponent(PASSWORD), aptPassword])
      expect(`${built.stdout}${built.stderr}`).not.toContain(form);
    await expectNoTrace('network-proxy', [
      new URL(proxy.url).host,
      new URL(ofApt.url).host,
      'packages.invalid',
      'apt.invalid',
      pypi.origin,
    ]);
  });
});
