import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pythonSpec, repository, rnx, specFolder } from './support/rnx.js';

const examples = path.join(repository, 'docs/examples');
const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** Runs an example as its reader would, on a runtime.yaml of this name. */
async function run(example: string, spec: string, env: Record<string, string> = {}) {
  const { stdout, stderr, exitCode } = await execa('node', [path.join(examples, example), spec], {
    cwd: repository,
    reject: false,
    env: { JOBLET_ROOT: inject('store'), ...env },
  });
  expect(exitCode, stderr).toBe(0);
  return { lines: stdout.split('\n'), stderr };
}

const spec = specFolder(pythonSpec({ name: 'examples' }));

describe('the examples of docs/examples', () => {
  const tried: string[] = [];
  const trying = (name: string) => {
    tried.push(name);
    return name;
  };
  afterAll(() => {
    expect(tried.sort()).toEqual(readdirSync(examples).sort());
    const page = readFileSync(path.join(repository, 'docs/program.md'), 'utf8');
    for (const name of tried) expect(page).toContain(`examples/${name}`);
  });
  beforeAll(async () => {
    const { exitCode, stderr } = await rnx(['runtime', 'build', spec]);
    expect(exitCode, stderr).toBe(0);
  });

  it('say what a build would install', async () => {
    const { lines } = await run(trying('validate.js'), spec);
    expect(lines[0]).toMatch(/^examples on \w+-\w+, of \w+$/);
    expect(lines.join('\n')).toMatch(/^python3\.11 3\.11/m);
  });

  it('run all phases, with their events', async () => {
    const { lines, stderr } = await run(trying('build.js'), spec);
    expect(lines).toEqual([expect.stringMatching(/^examples@1\.0\.0 in 14 phases: .*\/runtimes\/examples\/1\.0\.0$/)]);
    expect(stderr).toMatch(/^1 Parse & Validate\n[\s\S]*^14 Validate Build$/m);
  });

  it('run up to a phase, and look at the root', async () => {
    const { lines } = await run(trying('up-to-a-phase.js'), spec);
    expect(lines).toEqual([expect.stringMatching(/^0 packages in \d+ layers$/), expect.stringMatching(/^ID=/)]);
  });

  it('run from a phase, with a cached root, and say so when there is none', async () => {
    expect((await run(trying('from-a-phase.js'), spec)).lines).toEqual(['examples is made again from its cached root']);
    const rest = 'hooks:\n  pre_install: echo never run before\n';
    const { lines } = await run('from-a-phase.js', specFolder(pythonSpec({ name: 'examples-uncached', rest })));
    expect(lines).toEqual(['copy-binaries cannot be the first phase: what pre-install-hook makes is not in the cache']);
  });

  it('run some phases', async () => {
    expect((await run(trying('some-phases.js'), spec)).lines).toEqual([
      expect.stringMatching(/^python 3\.11 on \w+-\w+$/),
      'parse-validate, detect-platform',
    ]);
  });

  it('cancel', async () => {
    expect((await run(trying('cancel.js'), spec)).lines).toEqual(['E_CANCELLED 130']);
  });

  it('put a platform of their own in place of the host’s', async () => {
    expect((await run(trying('fake-platform.js'), spec)).lines[0]).toMatch(/^imagined .*python3/);
  });

  it('add a phase, and wrap one', async () => {
    expect((await run(trying('own-phase.js'), spec)).lines).toEqual([
      'audited many files',
      'before Validate Build',
      'after Validate Build',
    ]);
  });

  it('use the plugins that are installed, beside a broken one', async () => {
    const store = mkdtempSync(path.join(tmpdir(), 'examples-'));
    made.push(store);
    mkdirSync(path.join(store, 'plugins'));
    for (const name of ['good/joblet-scan', 'bad/throws-text'])
      cpSync(path.join(repository, 'fixtures/plugins', name), path.join(store, 'plugins', path.basename(name)), {
        recursive: true,
      });
    const { lines, stderr } = await run(trying('installed-plugins.js'), spec, { JOBLET_ROOT: store });
    expect(lines).toEqual(['joblet-scan 1.0.0', '1 2 3 4 5 6 7 8 9 10 11 12 13 13.5 14']);
    expect(stderr).toBe('throws-text is left out: loading it failed: only text');
  });

  it('run a job', async () => {
    const { lines, stderr } = await run(trying('run-a-job.js'), spec);
    expect(lines).toEqual(['42']);
    expect(stderr).toMatch(/^status 0, \d+ ms/);
  });
});
