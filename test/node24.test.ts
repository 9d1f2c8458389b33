import { createRequire } from 'node:module';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { pythonSpec, repository, rnx, specFolder } from './support/rnx.js';

/** The program of Node.js 24, from a package of the registry. */
function node24(): string {
  const name = `node-linux-${process.arch}/package.json`;
  const require = createRequire(path.join(repository, 'test/node24/package.json'));
  return path.join(path.dirname(require.resolve(name)), 'bin/node');
}

/** Tests that start namespaces take their time and have nothing of Node's version in them. */
const SLOW = ['plugins/isolation/**', 'plugins/platforms/**', 'packs/**'];

describe('under Node.js 24', () => {
  const node = node24();

  it('the unit tests pass', async () => {
    expect((await execa(node, ['--version'])).stdout).toMatch(/^v24\./);
    const vitest = path.join(repository, 'node_modules/vitest/vitest.mjs');
    const args = [
      'run',
      '--config',
      'test/vitest.config.ts',
      '--project',
      'unit',
      ...SLOW.flatMap((glob) => ['--exclude', glob]),
    ];
    const env = { PATH: `${path.dirname(node)}:${process.env['PATH']}`, VITEST: '' };
    const run = await execa(node, [vitest, ...args], {
      cwd: repository,
      reject: false,
      all: true,
      stdin: 'ignore',
      env,
    });
    expect(run.exitCode, run.all).toBe(0);
    expect(run.stdout).toMatch(/Tests .*\d+ passed/);
  });

  it('a runtime is built, and a job runs', async () => {
    const built = await rnx(
      ['runtime', 'build', '--force', specFolder(pythonSpec({ name: 'node24', rest: 'pip: [six]\n' }))],
      { node },
    );
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    const run = await rnx(['job', 'run', '--runtime=node24', 'python', '-c', 'import six; print("built")'], { node });
    expect(`${run.stdout}${run.stderr}`).toBe('built\n');
  });
});
