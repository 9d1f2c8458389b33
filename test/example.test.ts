import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { controlGroups, expectNoNewControlGroup, expectNoNewProcess, processIds } from './support/host-state.js';
import { type PrivateHost, privateHost } from './support/private-host.js';
import { repository, rnx } from './support/rnx.js';

const EXAMPLE = path.join(repository, 'fixtures/python-3.11-ml');

interface BuildDocument {
  readonly install_path: string;
  readonly timings: readonly unknown[];
}

/** The reference's own example, from its YAML to a job, as a user does it. Needs the distribution's mirror and a PyPI index. */
describe('python-3.11-ml', () => {
  let host: PrivateHost;
  let mounts: string;
  let processes: ReadonlySet<number>;
  let groups: ReadonlySet<string>;
  let document: BuildDocument;

  beforeAll(async () => {
    host = await privateHost(inject('store'));
    mounts = host.mounts();
    processes = processIds();
    groups = controlGroups();
    const built = await host.rnx(['runtime', 'build', '--json', EXAMPLE]);
    expect(built.exitCode, `${built.stderr}${built.stdout}`).toBe(0);
    document = JSON.parse(String(built.stdout));
  });
  afterAll(() => host.close());

  it('is built by all 14 phases, and --json prints one document that says so', () => {
    expect(document).toMatchObject({ built: true, name: 'python-3.11-ml', version: '1.0.0' });
    expect(document.timings).toHaveLength(14);
  });

  it('leaves the host as it was: every file outside the store, mounts, processes, control groups', async () => {
    await expectNoNewProcess(processes, inject('store'));
    expect(await host.changes()).toEqual([]);
    expect(host.mounts()).toBe(mounts);
    await expectNoNewControlGroup(groups);
  });

  it('runs the command of the reference and prints the version that runtime.yml lists', async () => {
    const run = await rnx([
      'job',
      'run',
      '--runtime=python-3.11-ml',
      'python',
      '-c',
      'import numpy; print(numpy.__version__)',
    ]);
    expect(run.stderr).toBe('');
    expect(run.exitCode).toBe(0);
    const manifest = parse(readFileSync(path.join(document.install_path, 'runtime.yml'), 'utf8'));
    expect(manifest.packages).toContain(`numpy==${String(run.stdout).trim()}`);
  });

  it('imports all its packages, with the libraries of its hook, and has no compiler', async () => {
    const script = 'import numpy, pandas, sklearn, matplotlib; import matplotlib.pyplot; print("all")';
    const run = await rnx(['job', 'run', '--runtime=python-3.11-ml', 'python3', '-c', script]);
    expect(run.stdout).toBe('all\n');
    const look = await rnx([
      'job',
      'run',
      '--runtime=python-3.11-ml',
      'sh',
      '-c',
      'command -v gcc cc ld; ls /usr/include; find / -name "libopenblas*"',
    ]);
    expect(look.stdout).not.toMatch(/gcc|\/cc|\/ld/);
    expect(look.stdout).toContain('libopenblas.so.0');
  });

  it('shows an isolated, read-only root', async () => {
    const run = await rnx([
      'job',
      'run',
      '--runtime=python-3.11-ml',
      'sh',
      '-c',
      'ls /; id; cat /proc/1/status; touch /usr/x; ls /root /home',
    ]);
    const output = String(run.stdout);
    expect(output).toContain('uid=0(root)');
    expect(output).toMatch(/^CapEff:\t0000000000000000$/m);
    expect(output).toMatch(/^NoNewPrivs:\t1$/m);
    expect(output).toMatch(/^Seccomp:\t2$/m);
    expect(run.stderr).toContain('Read-only file system');
  });

  it('tells the truth in runtime.yml', async () => {
    const manifest = parse(readFileSync(path.join(document.install_path, 'runtime.yml'), 'utf8'));
    expect(manifest).toMatchObject({
      name: 'python-3.11-ml',
      language: 'python',
      language_version: '3.11',
      version: '1.0.0',
      environment: { PYTHONUNBUFFERED: '1' },
      libraries: ['libopenblas*', 'libgfortran*', 'libgomp*'],
      requirements: { architectures: [process.arch === 'x64' ? 'amd64' : 'arm64'] },
    });
    expect(manifest.build_info.built_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(manifest.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const freeze = await rnx([
      'job',
      'run',
      '--runtime=python-3.11-ml',
      'pip',
      'list',
      '--format=freeze',
      '--path',
      '/usr/local/lib/python3.11/dist-packages',
    ]);
    expect(manifest.packages.slice().sort()).toEqual(String(freeze.stdout).trim().split('\n').sort());
  });

  it('is at once said to be built when the same spec is built again', async () => {
    const again = await rnx(['runtime', 'build', '--json', EXAMPLE]);
    expect(JSON.parse(String(again.stdout))).toMatchObject({ built: false });
  });

  it('is listed, described, tested and removed', async () => {
    const list = await rnx(['runtime', 'list', '--json']);
    expect(JSON.parse(String(list.stdout))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'python-3.11-ml', version: '1.0.0', language: 'python', available: true }),
      ]),
    );
    expect(String((await rnx(['runtime', 'info', 'python-3.11-ml'])).stdout)).toContain('numpy==');
    expect((await rnx(['runtime', 'test', 'python-3.11-ml'])).exitCode).toBe(0);
    expect((await rnx(['runtime', 'remove', 'python-3.11-ml@1.0.0'])).exitCode).toBe(0);
    expect(existsSync(document.install_path)).toBe(false);
  });
});
