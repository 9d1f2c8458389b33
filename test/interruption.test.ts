import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { expectNothingLeft, processIds } from './support/host-state.js';
import { outputHas } from './support/output-has.js';
import { pythonSpec, type RnxProcess, rnx, specFolder } from './support/rnx.js';

const NAME = 'interrupted';
/** A pip package and both hooks, so that every phase has something to do; `round` changes both hooks, so that no layer is known. */
const spec = (round: number) =>
  specFolder(
    pythonSpec({
      name: NAME,
      rest: `pip: [six]
hooks:
  pre_install: echo before ${round}
  post_install: python3 -c "import six; print(${round})"
`,
    }),
  );

/** Resolves when the build says that it begins phase `number`. */
function phaseBegins(build: RnxProcess, number: number): Promise<void> {
  return outputHas(build, `[${number}/14]`);
}

function generations(): readonly string[] {
  return readdirSync(path.join(inject('store'), 'runtimes', NAME));
}

async function expectOldRuntimeWorks(): Promise<void> {
  const run = await rnx(['job', 'run', `--runtime=${NAME}`, 'python', '-c', 'import six; print("old works")']);
  expect(`${run.stdout}${run.stderr}`).toBe('old works\n');
}

describe('a build that is interrupted', () => {
  let before: ReadonlySet<number>;

  beforeAll(async () => {
    const built = await rnx(['runtime', 'build', spec(0)]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  });
  beforeEach(() => {
    before = processIds();
  });

  it.each(Array.from({ length: 14 }, (_, index) => index + 1))(
    'killed in phase %i leaves the old runtime and nothing else',
    async (number) => {
      const build = rnx(['runtime', 'build', spec(number)]);
      await phaseBegins(build, number);
      build.kill('SIGKILL');
      await build;
      await expectNothingLeft(before, inject('store'));
      await expectOldRuntimeWorks();
    },
  );

  it('by Ctrl-C says so, ends with 130 and leaves nothing', async () => {
    const endless = specFolder(pythonSpec({ name: NAME, rest: 'hooks:\n  pre_install: sleep 1000\n' }));
    const build = rnx(['runtime', 'build', endless]);
    await phaseBegins(build, 6);
    build.kill('SIGINT');
    const { exitCode, stderr } = await build;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/cancelled/i);
    await expectNothingLeft(before, inject('store'));
    await expectOldRuntimeWorks();
  });

  it('is no obstacle: the next build succeeds, and one generation is left', async () => {
    const built = await rnx(['runtime', 'build', spec(101)]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
    expect(generations()).toHaveLength(2);
    // Links into the archive cache, as a build makes them that is killed in Install Base.
    const ofApt = readdirSync(path.join(inject('store'), 'cache/apt'));
    expect(ofApt.filter((name) => name.startsWith('archives-'))).toEqual([]);
    await expectOldRuntimeWorks();
  });

  it('by another build of the same name is not: both succeed, one after the other', async () => {
    const folder = spec(102);
    const results = await Promise.all([
      rnx(['runtime', 'build', '--json', folder]),
      rnx(['runtime', 'build', '--json', folder]),
    ]);
    expect(results.map((one) => one.exitCode)).toEqual([0, 0]);
    const built = results.map((one) => JSON.parse(String(one.stdout)).built);
    expect(built.sort()).toEqual([false, true]);
    await expectNothingLeft(before, inject('store'));
    expect(readFileSync(path.join(inject('store'), 'runtimes', NAME, '1.0.0/runtime.yml'), 'utf8')).toContain('six==');
  });
});
