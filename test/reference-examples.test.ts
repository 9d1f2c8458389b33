import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCompanyCertificate, type PypiServer, startPypi, wheel } from '../fixtures/pypi/index.js';
import { type HttpProxy, startProxy } from './support/http-proxy.js';
import { ownHome } from './support/own-home.js';
import { repository, rnx } from './support/rnx.js';

const example = (name: string) => path.join(repository, 'fixtures/specs/good', `reference-${name}.yaml`);

/** Builds an example and runs a command in it. */
async function buildAndRun(
  name: string,
  runtime: string,
  command: readonly string[],
  env: Record<string, string> = {},
) {
  const built = await rnx(['runtime', 'build', example(name)], { env });
  expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  expect(built.stdout).toContain('[14/14]');
  const run = await rnx(['job', 'run', `--runtime=${runtime}`, ...command]);
  expect(run.exitCode, run.stderr).toBe(0);
  return run.stdout;
}

/** Its ML example is a test of its own. */
describe('an example of the reference', () => {
  it('with hooks builds and runs', async () => {
    const version = await buildAndRun('custom', 'python-custom', [
      'python3.11',
      '-c',
      'import numpy; print(numpy.ones(2))',
    ]);
    expect(version).toBe('[1. 1.]\n');
  });

  it('of java 21 builds, with its variables', async () => {
    const seen = await buildAndRun('java', 'openjdk-21', ['sh', '-c', 'javac --version; echo $JAVA_OPTS']);
    expect(seen).toMatch(/^javac 21\..*\n-Xmx512m\n$/);
  });

  it('of node 20 builds, and requires its packages', async () => {
    const program =
      'console.log(process.versions.node.split(".")[0], typeof require("express"), require("lodash").chunk([1, 2]))';
    const seen = await buildAndRun('node', 'reference-node', ['node', '-e', program]);
    expect(seen).toBe('20 function [ [ 1 ], [ 2 ] ]\n');
  });

  it('of go 1.21 builds, with git', async () => {
    const seen = await buildAndRun('go', 'reference-go', ['sh', '-c', 'go version; git --version']);
    expect(seen).toMatch(/^go version go1\.21\..*\ngit version /);
  });

  it('of rust 1.75 ends in phase 4 with what can be had instead, where no source has it', async () => {
    const built = await rnx(['runtime', 'build', example('rust')]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(5);
    expect(built.stdout).toContain('[4/14]');
    expect(built.stdout).not.toContain('[5/14]');
    expect(built.stderr).toMatch(/^Error: rust 1\.75 is not to be had here\nreference-rust\.yaml:7:12$/m);
    expect(built.stderr).toMatch(/^Hint: .*1\.63.*1\.85/ms);
  });
});

/** What the two that name an index want of it. These are stand-ins, of the names and versions alone: the indexes are nobody's. */
const WANTED = [...['numpy 2.0.0', 'pandas 2.1.3', 'matplotlib 3.8.0', 'seaborn 0.13.0']].map((one) => one.split(' '));

describe('an example of the reference that names an index', () => {
  let index: PypiServer;
  let proxy: HttpProxy;
  let env: Record<string, string>;

  beforeAll(async () => {
    const names = ['pypi.example.com', 'pypi.company.com'];
    const certificate = await makeCompanyCertificate(...names);
    const stand = WANTED.map(([name = '', version = '']) => wheel({ name, version }));
    const learn = wheel({ name: 'scikit-learn', version: '1.3.2', files: { 'sklearn/__init__.py': '' } });
    index = await startPypi([...stand, learn], { tls: certificate });
    proxy = await startProxy({ user: 'tests', password: 'of names' }, new Map(names.map((one) => [one, index.origin])));
    const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'authorities-')), 'bundle.pem');
    writeFileSync(bundle, `${readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8')}${certificate.authority}`);
    env = { ...ownHome(), HTTPS_PROXY: proxy.url, SSL_CERT_FILE: bundle };
  });
  afterAll(async () => {
    await proxy.close();
    await index.close();
  });

  it.each([
    ['complete', 'pypi.example.com', 'my-runtime'],
    ['analytics', 'pypi.company.com', 'python-analytics'],
  ])('(%s) ends in phase 4 with the name of the index, where nobody answers', async (name, host, runtime) => {
    const built = await rnx(['runtime', 'build', example(name)], { env: ownHome() });
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(6);
    expect(built.stderr).toMatch(new RegExp(`^Error: .*${host.replaceAll('.', '\\.')}`, 'm'));
    expect(built.stdout).toContain('[4/14]');
    expect(built.stdout).not.toContain('[5/14]');
    expect((await rnx(['runtime', 'info', runtime])).exitCode).not.toBe(0);
  });

  it.each([
    ['complete', 'my-runtime', 'import numpy, pandas, sklearn'],
    ['analytics', 'python-analytics', 'import pandas, matplotlib, seaborn'],
  ])('(%s) builds as it stands, where its index answers', async (name, runtime, program) => {
    const seen = await buildAndRun(name, runtime, ['python', '-c', `${program}; print('imported')`], env);
    expect(seen).toBe('imported\n');
    if (name === 'complete') {
      const required = await rnx(['job', 'run', `--runtime=${runtime}`, 'node', '-p', 'typeof require("express")']);
      expect(required.stdout).toBe('function\n');
    }
    expect(index.requests.some((line) => line.includes('/simple/pandas/'))).toBe(true);
  });
});
