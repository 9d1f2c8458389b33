import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { repository, rnx } from './support/rnx.js';

/** What V8 says of a code cache: whether it was refused; the program works in both cases. */
async function isRefused(name: string, cachedData = ''): Promise<boolean> {
  const program = `
    const { load } = require(${JSON.stringify(path.join(repository, 'cli/bin/load.js'))});
    const { script, exports } = load('${name}', ${cachedData});
    console.log(JSON.stringify({ refused: script.cachedDataRejected, main: typeof exports.main }));
  `;
  const { refused, main } = JSON.parse((await execa('node', ['-e', program])).stdout);
  expect(main).toBe('function');
  return refused;
}

describe('the start of rnx', () => {
  it.each(['jobs', 'program'])('takes the code cache of the build: %s', async (name) => {
    expect(await isRefused(name)).toBe(false);
  });

  it('does without one that is not of this program', async () => {
    expect(await isRefused('program', "Buffer.from('something else')")).toBe(true);
  });

  it('names the sources in a trace', async () => {
    const { stderr } = await rnx(['runtime', 'info', 'no-such-runtime'], { env: { DEBUG: '1' } });
    expect(stderr).toMatch(/at .*\/core\/store\/runtime-store\.ts:\d+:\d+/);
    expect(stderr).not.toContain('program.cjs');
  });

  it('has every command, wherever the word job stands', async () => {
    const answers = await Promise.all(
      ['runtime info job', 'job no-such-command', 'volume remove job'].map((line) => rnx(line.split(' '))),
    );
    expect(answers.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      'Error: runtime not found: job',
      'Error: unknown command: rnx job no-such-command',
      expect.stringContaining('job'),
    ]);
  });

  it.each([
    ['--version', /^joblet\/\d/],
    ['--help', /COMMANDS/],
    ['help runtime build', /--timings/],
    ['runtime build --help', /--timings/],
    ['--json help', /COMMANDS/],
    ['runtime:list', /./],
    ['job run --help', /--max-cpu/],
    ['--json job list', /^\[/],
  ])('answers rnx %s', async (line, expected) => {
    const { stdout, stderr, exitCode } = await rnx(line.split(' '));
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(expected);
  });
});
