import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { PackPlan } from '../../core/contracts/language-pack.js';
import { isJobletError, type JobletError } from '../../core/errors/joblet-error.js';
import {
  makeTestCertificate,
  type PypiOptions,
  type PypiServer,
  sourceDistribution,
  startPypi,
  wheel,
} from '../../fixtures/pypi/index.js';
import { openPackWorld, type PackWorld } from './test-support/pack-world.js';

const base = wheel({ name: 'tiny-base', version: '1.0' });
const newBase = wheel({ name: 'tiny-base', version: '2.0' });
const app = wheel({
  name: 'Tiny_App',
  version: '3.1',
  requires: ['tiny-base<2'],
  scripts: ['tiny-app = Tiny_App:main'],
});
const source = sourceDistribution({ name: 'tiny-source', version: '0.5' });
const needsCompiler = sourceDistribution({ name: 'tiny-c', version: '0.1' }, { failing: true });
const files = [base, newBase, app, source, needsCompiler];

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function index(options: PypiOptions = {}): Promise<PypiServer> {
  const server = await startPypi(files, options);
  open.push(server);
  return server;
}

async function world(env: Record<string, string>, options = {}): Promise<PackWorld> {
  const made = await openPackWorld(env, options);
  open.push(made);
  return made;
}

async function failureOf(work: Promise<unknown>): Promise<JobletError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isJobletError(error)) throw new Error(`no JobletError: ${String(error)}`);
  return error;
}

const labels = (plan: PackPlan) => plan.packages.map(({ label }) => label).sort();
const downloads = (server: PypiServer) =>
  server.requests.filter((line) => line.includes('/files/') && !line.endsWith('.metadata'));

test('resolves requirements to exact versions with their hashes, dependencies included', async () => {
  const pypi = await index();
  const { pack, request, services, scratchDir } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const plan = await pack.plan(request(['tiny-app>=3']), services());
  expect(labels(plan)).toEqual(['Tiny_App==3.1', 'tiny-base==1.0']);
  expect(plan.packages.find(({ name }) => name === 'tiny-base')?.hash).toBe(`sha256:${base.sha256}`);
  expect(plan).toMatchObject({ extraBuild: [] });
  expect(plan.deferred).toBeUndefined();
  expect(await readdir(scratchDir)).toEqual([]);
});

test('installs what was planned: importable, compiled, with scripts and the records of pip', async () => {
  const pypi = await index();
  const { pack, request, services, root, cacheDir, scratchDir, python } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const wanted = request(['tiny-app']);
  const plan = await pack.plan(wanted, services());
  await pack.prefetch(wanted, plan, services());
  const before = pypi.requests.length;
  const target = await root();
  await pack.setUp(wanted, target, services());
  const installed = await pack.install(wanted, plan, target, services());
  expect(installed.map(({ label }) => label).sort()).toEqual(labels(plan));
  expect(pypi.requests.length, 'all was fetched ahead').toBe(before);

  const run = (...args: string[]) => target.runner.run({ args });
  expect((await run('tiny-app')).stdout).toBe('Tiny_App 3.1\n');
  expect((await run('pip', 'list', '--format=freeze')).stdout).toContain('Tiny_App==3.1');
  expect((await run('pip', 'show', '--files', 'tiny-app')).stdout).toMatch(
    /Tiny_App\/__pycache__\/__init__\.cpython-\d+\.pyc/,
  );
  const library = path.join(target.layerDir, `usr/local/lib/python${python.version}/dist-packages`);
  expect(existsSync(path.join(library, 'Tiny_App-3.1.dist-info/REQUESTED'))).toBe(true);
  expect(existsSync(path.join(library, 'tiny_base-1.0.dist-info/REQUESTED'))).toBe(false);
  const module = await stat(path.join(library, 'Tiny_App/__init__.py'));
  expect(module.nlink, 'shared with the cache').toBe(2);
  for (const { title, args, expectLine } of pack.smokeTest(wanted, installed)) {
    const { status, stdout } = await run(...args);
    expect([title, status]).toEqual([title, 0]);
    if (expectLine !== undefined) expect(stdout.split('\n')).toContain(expectLine);
  }
  expect(await readdir(path.join(cacheDir, 'units'))).toHaveLength(2);
  expect(await readdir(scratchDir)).toEqual([]);
});

test('a hook that edits an installed module wins over its bytecode, and the cache keeps the original', async () => {
  const pypi = await index();
  const { pack, request, services, root, python } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const plan = await pack.plan(request(['tiny-base']), services());
  await pack.prefetch(request(['tiny-base']), plan, services());
  const first = await root();
  await pack.install(request(['tiny-base']), plan, first, services());
  const file = `/usr/local/lib/python${python.version}/dist-packages/tiny_base/__init__.py`;
  const print = ['python3', '-c', 'import tiny_base; print(tiny_base.__version__)'];
  expect((await first.runner.run({ args: print })).stdout).toBe('2.0\n');
  const edit =
    'import os, sys; p = sys.argv[1]; t = open(p).read(); open(p + "~", "w").write(t.replace("2.0", "9.9")); os.replace(p + "~", p)';
  await first.runner.run({ args: ['python3', '-c', edit, file] });
  expect((await first.runner.run({ args: print })).stdout).toBe('9.9\n');
  const second = await root();
  await pack.install(request(['tiny-base']), plan, second, services());
  expect((await second.runner.run({ args: print })).stdout).toBe('2.0\n');
});

test('one more package is one more download and one more unit', async () => {
  const pypi = await index();
  const { pack, request, services, cacheDir } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const one = request(['tiny-base<2']);
  await pack.prefetch(one, await pack.plan(one, services()), services());
  const [unit] = await readdir(path.join(cacheDir, 'units'));
  const made = await stat(path.join(cacheDir, 'units', String(unit)));
  const before = downloads(pypi).length;
  const two = request(['tiny-base<2', 'tiny-app']);
  await pack.prefetch(two, await pack.plan(two, services()), services());
  expect(downloads(pypi).slice(before)).toEqual([`GET /files/${app.fileName}`]);
  const units = await readdir(path.join(cacheDir, 'units'));
  expect(units).toHaveLength(2);
  expect((await stat(path.join(cacheDir, 'units', String(unit)))).ino).toBe(made.ino);
});

test('builds a source package in the build root and installs it', async () => {
  const pypi = await index();
  const { pack, request, services, root } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const wanted = request(['tiny-source']);
  const plan = await pack.plan(wanted, services());
  expect(labels(plan)).toEqual(['tiny-source==0.5']);
  expect(plan.extraBuild).toEqual(['build-essential']);
  await pack.prefetch(wanted, plan, services());
  const target = await root();
  expect((await pack.install(wanted, plan, target, services())).map(({ label }) => label)).toEqual([
    'tiny-source==0.5',
  ]);
  expect((await target.runner.run({ args: ['python3', '-c', 'import tiny_source'] })).status).toBe(0);
});

test('defers a package that cannot be prepared without a compiler, and names it when the build root cannot either', async () => {
  const pypi = await index();
  const { pack, request, services, root } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const plan = await pack.plan(request(['tiny-c']), services());
  expect(plan.deferred).toContain('source package');
  expect(plan.extraBuild).toEqual(['build-essential']);
  const error = await failureOf(pack.install(request(['tiny-c']), plan, await root(), services()));
  expect(error.code).toBe('E_PIP_INSTALL');
  expect(error.message).toMatch(/^pip install failed: .*tiny-c/);
});

test('without a tool root it resolves in the build root', async () => {
  const pypi = await index();
  const { pack, request, services, root } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const wanted = request(['tiny-app']);
  const plan = await pack.plan(wanted, services({ tools: false }));
  expect(plan.deferred).toBeDefined();
  expect(pypi.requests).toEqual([]);
  const installed = await pack.install(wanted, plan, await root(), services({ tools: false }));
  expect(installed.map(({ label }) => label).sort()).toEqual(['Tiny_App==3.1', 'tiny-base==1.0']);
});

test("works with the distribution's pip where the index has no pinned one, and says so", async () => {
  const pypi = await index();
  const { pack, request, services, root, output } = await world({ PIP_INDEX_URL: pypi.indexUrl }, { pinnedPip: false });
  const wanted = request(['tiny-app']);
  const plan = await pack.plan(wanted, services());
  expect(labels(plan)).toEqual(['Tiny_App==3.1', 'tiny-base==1.0']);
  expect(output.join('\n')).toContain("going on with the distribution's pip");
  await pack.prefetch(wanted, plan, services());
  const target = await root();
  await pack.install(wanted, plan, target, services());
  expect((await target.runner.run({ args: ['tiny-app'] })).stdout).toBe('Tiny_App 3.1\n');
});

test('an unknown package is reported in the words of pip, at its place in the spec', async () => {
  const pypi = await index();
  const { pack, request, services } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const error = await failureOf(pack.plan(request(['tiny-base', 'tiny-nothing>=2']), services()));
  expect(error.message).toBe(
    'pip install failed: Could not find a version that satisfies the requirement tiny-nothing>=2 (from versions: none)',
  );
  expect(error).toMatchObject({ code: 'E_PIP_INSTALL', exitCode: 5, details: { path: ['pip', 1] } });
});

test('all unknown packages are in one report', async () => {
  const pypi = await index();
  const { pack, request, services } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const error = await failureOf(pack.plan(request(['tiny-nothing', 'tiny-base', 'tiny-app>=9']), services()));
  expect(error.code).toBe('E_PIP_INSTALL');
  expect(error.details['problems']).toMatchObject([{ path: ['pip', 0] }, { path: ['pip', 2] }]);
});

test('without dependencies it says what is lacking', async () => {
  const pypi = await index();
  const { pack, request, services, root, warnings } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const wanted = request(['tiny-app'], '--no-deps');
  const plan = await pack.plan(wanted, services());
  expect(labels(plan)).toEqual(['Tiny_App==3.1']);
  await pack.install(wanted, plan, await root(), services());
  expect(warnings.join('\n')).toMatch(/requires tiny-base/);
});

test('requirements that contradict each other are named with what each wants', async () => {
  const pypi = await index();
  const { pack, request, services } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const error = await failureOf(pack.plan(request(['tiny-app', 'tiny-base>=2']), services()));
  expect(error.message).toMatch(/^pip install failed: Cannot install .*conflicting dependencies\.$/);
  expect(error.hint).toContain('depends on tiny-base<2');
});

test('an index of an unknown authority is an error of the network, and works once the host trusts it', async () => {
  const certificate = await makeTestCertificate();
  const pypi = await index({ tls: certificate });
  const untrusting = await world({ PIP_INDEX_URL: pypi.indexUrl, PIP_RETRIES: '1' });
  const error = await failureOf(untrusting.pack.plan(untrusting.request(['tiny-base']), untrusting.services()));
  expect(error.code).toBe('E_NETWORK');
  expect(error.message).toMatch(/certificate of 127\.0\.0\.1:\d+ is not trusted/);

  const authority = path.join(untrusting.dir, 'authority.pem');
  await writeFile(authority, certificate.certificate);
  const trusting = await world({ PIP_INDEX_URL: pypi.indexUrl, PIP_CERT: authority });
  expect(labels(await trusting.pack.plan(trusting.request(['tiny-base']), trusting.services()))).toEqual([
    'tiny-base==2.0',
  ]);
});

test('an index that cannot be reached is named', async () => {
  const { pack, request, services } = await world({ PIP_RETRIES: '1' });
  // A port of the system that nothing listens on.
  const error = await failureOf(pack.plan(request(['tiny-base'], '--index-url http://127.0.0.1:9/simple'), services()));
  expect(error).toMatchObject({ code: 'E_NETWORK', exitCode: 6 });
  expect(error.message).toContain('127.0.0.1:9');
});

test("an index of the spec's own replaces the host's", async () => {
  const [host, own] = [await index(), await index({ htmlOnly: true })];
  const { pack, request, services } = await world({ PIP_INDEX_URL: host.indexUrl, PIP_EXTRA_INDEX_URL: host.indexUrl });
  const wanted = request(['tiny-base'], `--index-url ${own.indexUrl}`);
  await pack.prefetch(wanted, await pack.plan(wanted, services()), services());
  expect(host.requests).toEqual([]);
  expect(downloads(own)).not.toEqual([]);
});

test('a broken connection leaves nothing half-made, and the next attempt succeeds', async () => {
  const pypi = await index();
  const { pack, request, services, cacheDir, scratchDir } = await world({
    PIP_INDEX_URL: pypi.indexUrl,
    PIP_RETRIES: '1',
  });
  const wanted = request(['tiny-base']);
  const plan = await pack.plan(wanted, services());
  pypi.dropConnections(100);
  const error = await failureOf(pack.prefetch(wanted, plan, services()));
  expect(error).toMatchObject({ code: 'E_NETWORK' });
  expect(existsSync(path.join(cacheDir, 'wheels'))).toBe(false);
  expect((await readdir(scratchDir)).filter((name) => name !== 'no-pinned-pip')).toEqual([]);
  pypi.dropConnections(0);
  await pack.prefetch(wanted, plan, services());
  expect(await readdir(path.join(cacheDir, 'units'))).toHaveLength(1);
});

test('cancelled in the middle of a download it stops, leaves nothing half-made, and works the next time', async () => {
  const pypi = await index();
  const { pack, request, services, cacheDir, scratchDir } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const wanted = request(['tiny-base']);
  const plan = await pack.plan(wanted, services());
  const stop = new AbortController();
  pypi.onRequest(() => stop.abort());
  expect((await failureOf(pack.prefetch(wanted, plan, services({ signal: stop.signal })))).code).toBe('E_CANCELLED');
  expect(existsSync(path.join(cacheDir, 'units'))).toBe(false);
  expect(await readdir(scratchDir)).toEqual([]);
  pypi.onRequest(() => {});
  await pack.prefetch(wanted, plan, services());
  expect(await readdir(path.join(cacheDir, 'units'))).toHaveLength(1);
});

test('two builds that want the same packages at once do not harm each other', async () => {
  const pypi = await index();
  const { pack, request, services, cacheDir } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const wanted = request(['tiny-app']);
  const plan = await pack.plan(wanted, services());
  await Promise.all([pack.prefetch(wanted, plan, services()), pack.prefetch(wanted, plan, services())]);
  expect(await readdir(path.join(cacheDir, 'units'))).toHaveLength(2);
});

test('a wheel that is not the planned one is refused', async () => {
  const pypi = await index();
  const { pack, request, services, cacheDir } = await world({ PIP_INDEX_URL: pypi.indexUrl });
  const wanted = request(['tiny-base<2']);
  const plan = await pack.plan(wanted, services());
  const other: PackPlan = JSON.parse(JSON.stringify(plan).replaceAll(base.sha256, '0'.repeat(64)));
  const error = await failureOf(pack.prefetch(wanted, other, services()));
  expect(error.message).toContain('DO NOT MATCH THE HASHES');
  expect(existsSync(path.join(cacheDir, 'wheels'))).toBe(false);
});

const PASSWORD = `p4ss-${randomUUID()}`;
test.each(['PIP_INDEX_URL', 'a netrc file'])(
  'takes the password of an index from %s, and shows it nowhere',
  async (from) => {
    const pypi = await index({ auth: { user: 'someone', password: PASSWORD } });
    const secrets = await mkdtemp(path.join(tmpdir(), 'netrc-'));
    open.push({ close: () => rm(secrets, { recursive: true }) });
    const netrc = path.join(secrets, 'netrc');
    await writeFile(netrc, `machine 127.0.0.1 login someone password ${PASSWORD}\n`);
    const env: Record<string, string> =
      from === 'PIP_INDEX_URL'
        ? { PIP_INDEX_URL: pypi.indexUrl.replace('http://', `http://someone:${PASSWORD}@`) }
        : { PIP_INDEX_URL: pypi.indexUrl, NETRC: netrc };
    const { pack, request, services, root, dir, output, scratchDir } = await world(env);
    const wanted = request(['tiny-app', `tiny-source @ ${pypi.urlOf(source)}`]);
    const commandLines: string[] = [];
    pypi.onRequest(() => void commandLines.push(...runningCommands()));

    const plan = await pack.plan(wanted, services());
    await pack.prefetch(wanted, plan, services());
    await pack.install(wanted, plan, await root(), services());

    expect(commandLines.some((line) => line.includes('requirements.txt'))).toBe(true);
    expect(commandLines.filter((line) => line.includes(PASSWORD))).toEqual([]);
    expect(JSON.stringify(plan)).not.toContain(PASSWORD);
    expect(output.join('\n')).not.toContain(PASSWORD);
    expect(await readdir(scratchDir)).toEqual([]);
    expect(await filesWith(PASSWORD, dir)).toEqual([]);
  },
);

function runningCommands(): string[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.flatMap((id) => {
    try {
      return [readFileSync(`/proc/${id}/cmdline`, 'utf8')];
    } catch {
      return [];
    }
  });
}

async function filesWith(text: string, dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map(async (file) => ({ file, content: await readFile(file) })));
  return contents.filter(({ content }) => content.includes(text)).map(({ file }) => file);
}
