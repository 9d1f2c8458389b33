import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  type DistributionFile,
  nativeSourceDistribution,
  type PypiServer,
  startPypi,
  wheel,
} from '../fixtures/pypi/index.js';
import { expectNothingLeft, processIds } from './support/host-state.js';
import { ownHome } from './support/own-home.js';
import { pythonSpec, rnx, specFolder } from './support/rnx.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function index(...files: readonly DistributionFile[]): Promise<PypiServer> {
  const server = await startPypi(files);
  open.push(server);
  return server;
}

function build(name: string, pip: string, pypi: PypiServer) {
  const folder = specFolder(pythonSpec({ name, rest: `pip:\n  - ${pip}\n` }));
  return rnx(['runtime', 'build', folder], { env: { ...ownHome(), PIP_INDEX_URL: pypi.indexUrl } });
}

const inStore = (...names: string[]) => path.join(inject('store'), ...names);

describe('an index of pip packages', () => {
  let before: ReadonlySet<number>;

  // The base, the language and the tools that all of these share.
  beforeAll(async () => {
    const built = await rnx([
      'runtime',
      'build',
      specFolder(pythonSpec({ name: 'network-warm', rest: 'pip: [six]\n' })),
    ]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  });
  beforeEach(() => {
    before = processIds();
  });

  it('that does not exist, as in the reference’s example, is named, and nothing is half-made', async () => {
    const folder = specFolder(`schema_version: "1.0"
name: index-of-nobody
version: 1.0.0
description: Data analytics runtime
base:
  language: python
  version: "3.11"
pip:
  - numpy
  - pandas
  - matplotlib
  - seaborn
pip_options: "--index-url https://pypi.company.com/simple"
environment:
  PYTHONUNBUFFERED: "1"
`);
    const built = await rnx(['runtime', 'build', folder], { env: ownHome() });
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(6);
    expect(built.stderr).toMatch(/^Error: .*pypi\.company\.com/m);
    expect(built.stderr).toContain('Hint: ');
    expect(built.stdout).toContain('[4/14]');
    expect(built.stdout).not.toContain('[5/14]');
    expect(existsSync(inStore('runtimes/index-of-nobody'))).toBe(false);
    await expectNothingLeft(before, inject('store'));
  });

  it('that breaks off in the middle of a file leaves the old runtime, and the next build succeeds', async () => {
    const name = 'network-broken';
    const old = wheel({ name: 'steady', version: '1.0' });
    const next = wheel({ name: 'steady', version: '2.0' });
    const pypi = await index(old);
    const first = await build(name, 'steady', pypi);
    expect(first.exitCode, `${first.stdout}${first.stderr}`).toBe(0);
    const works = async (version: string) => {
      const run = await rnx([
        'job',
        'run',
        `--runtime=${name}`,
        'python',
        '-c',
        'import steady; print(steady.__version__)',
      ]);
      expect(`${run.stdout}${run.stderr}`).toBe(`${version}\n`);
    };

    pypi.add(next);
    pypi.dropConnections(1000);
    const broken = await build(name, 'steady>1', pypi);
    expect(broken.exitCode, `${broken.stdout}${broken.stderr}`).toBe(6);
    expect(broken.stderr).toMatch(/^Error: the connection to the package index 127\.0\.0\.1:\d+ failed$/m);
    await expectNothingLeft(before, inject('store'));
    await works('1.0');

    pypi.dropConnections(0);
    const again = await build(name, 'steady>1', pypi);
    expect(again.exitCode, `${again.stdout}${again.stderr}`).toBe(0);
    await works('2.0');
  });

  it('without the package is reported in pip’s words, at its line', async () => {
    const pypi = await index(wheel({ name: 'steady', version: '1.0' }));
    const built = await build('network-unknown', 'tiny-nothing>=2', pypi);
    expect(built.exitCode).toBe(5);
    expect(built.stderr).toContain(
      'pip install failed: Could not find a version that satisfies the requirement tiny-nothing>=2 (from versions: none)',
    );
    expect(built.stderr).toMatch(/runtime\.yaml:9:5/);
    expect(existsSync(inStore('runtimes/network-unknown'))).toBe(false);
  });

  it('with only the source of a C extension: it is compiled, and the compiler stays out of the runtime', async () => {
    const pypi = await index(nativeSourceDistribution('native_answer', '1.0'));
    const built = await build('network-native', 'native_answer', pypi);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    const script =
      'import native_answer, shutil; print(native_answer.answer(), shutil.which("gcc"), shutil.which("cc"))';
    const run = await rnx(['job', 'run', '--runtime=network-native', 'python', '-c', script]);
    expect(`${run.stdout}${run.stderr}`).toBe('42 None None\n');
    expect(readFileSync(inStore('runtimes/network-native/1.0.0/runtime.yml'), 'utf8')).toContain('native_answer==1.0');
    expect(existsSync(inStore('runtimes/network-native/1.0.0/isolated/usr/include'))).toBe(false);
  });
});
