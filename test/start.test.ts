import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { repository, rnx } from './support/rnx.js';

/** What V8 says of a code cache: whether it was refused; the program works in both cases. */
async function isRefused(cachedData: string): Promise<boolean> {
  const program = `
    const { BUNDLE, cacheFile, load } = require(${JSON.stringify(path.join(repository, 'cli/bin/load.js'))});
    const { script, exports } = load(BUNDLE, ${cachedData});
    console.log(JSON.stringify({ refused: script.cachedDataRejected, main: typeof exports.main }));
  `;
  const { refused, main } = JSON.parse((await execa('node', ['-e', program])).stdout);
  expect(main).toBe('function');
  return refused;
}

describe('the start of rnx', () => {
  it.each(['job', 'runtime'])('takes the code cache of the build: %s', async (name) => {
    expect(await isRefused(`require('node:fs').readFileSync(cacheFile('${name}'))`)).toBe(false);
  });

  it('does without one that is not of this program', async () => {
    expect(await isRefused("Buffer.from('something else')")).toBe(true);
  });

  it('names the sources in a trace', async () => {
    const { stderr } = await rnx(['runtime', 'info', 'no-such-runtime'], { env: { DEBUG: '1' } });
    expect(stderr).toMatch(/at .*\/core\/store\/runtime-store\.ts:\d+:\d+/);
    expect(stderr).not.toContain('program.cjs');
  });

  it.each([
    ['--version', /^joblet\/\d/],
    ['--help', /COMMANDS/],
    ['help runtime build', /--timings/],
    ['runtime build --help', /--timings/],
    ['--json help', /COMMANDS/],
    ['runtime:list', /./],
  ])('answers rnx %s', async (line, expected) => {
    const { stdout, stderr, exitCode } = await rnx(line.split(' '));
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(expected);
  });
});
