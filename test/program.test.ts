import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { pythonSpec, repository, specFolder } from './support/rnx.js';

const made: string[] = [];
afterAll(() => {
  for (const file of made) rmSync(file, { force: true });
});

/** A program of a user: the package is imported by its name. It lies in the checkout, where that name leads to. */
async function runProgram(name: string, source: string, args: readonly string[] = []) {
  const file = path.join(repository, `.${name}.mjs`);
  made.push(file);
  writeFileSync(file, source);
  return execa('node', [file, ...args], {
    cwd: repository,
    reject: false,
    maxBuffer: 512 * 1024 * 1024,
    env: { JOBLET_ROOT: inject('store') },
  });
}

describe('a program that uses the package', () => {
  it('runs as docs/program.md shows', async () => {
    const [, example = ''] =
      /```js\n(.*?)```/s.exec(readFileSync(path.join(repository, 'docs/program.md'), 'utf8')) ?? [];
    expect(example).toContain("from 'joblet'");
    const { stdout, stderr, exitCode } = await runProgram('example', example);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
    expect(stderr).toMatch(/^1 Parse & Validate\n/);
    expect(stderr).toMatch(/python-3\.11-ml 1\.0\.0 (is built|was there): .+\/runtimes\/python-3\.11-ml\/1\.0\.0$/);
  });

  it('adds a phase, and gets events with times of all phases in order', async () => {
    const startedAt = Date.now();
    const { stdout, stderr, exitCode } = await runProgram(
      'events',
      `import { createBuilder, PHASE } from 'joblet';
const audit = {
  number: 13.5, id: 'audit', title: 'Audit', description: 'Of a third party',
  async run(context) { context.progress('audited'); },
};
const events = [];
const builder = createBuilder({
  root: process.env.JOBLET_ROOT,
  plugins: [(container) => container.register(PHASE, { useValue: audit })],
});
await builder.build({ path: process.argv[2], force: true }, { onEvent: (event) => events.push(event) });
console.log(JSON.stringify(events));`,
      [specFolder(pythonSpec({ name: 'program' }))],
    );
    expect(exitCode, stderr).toBe(0);
    const events: readonly { type: string; at: number; message?: string; phase: { number: number } }[] =
      JSON.parse(stdout);
    const order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13.5, 14];
    for (const type of ['phase-started', 'phase-ended']) {
      expect(events.filter((event) => event.type === type).map((event) => event.phase.number)).toEqual(order);
    }
    expect(events).toContainEqual(expect.objectContaining({ type: 'progress', message: 'audited' }));
    const times = events.map((event) => event.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(startedAt);
    expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
  });

  it('cancels a build by its signal', async () => {
    const { stdout, stderr } = await runProgram(
      'cancel',
      `import { createBuilder, isJobletError } from 'joblet';
const abort = new AbortController();
const ends = [];
const options = {
  signal: abort.signal,
  onEvent: (event) => {
    if (event.type === 'log' && event.line === 'hook runs') abort.abort();
    if (event.type === 'phase-ended' && event.outcome !== 'done') ends.push(event.phase.number, event.outcome);
  },
};
try {
  await createBuilder({ root: process.env.JOBLET_ROOT }).build({ path: process.argv[2], force: true }, options);
} catch (error) {
  console.log(isJobletError(error), error.code, error.exitCode, ...ends);
}`,
      [specFolder(pythonSpec({ name: 'cancelled', rest: 'hooks:\n  pre_install: echo hook runs; sleep 1000\n' }))],
    );
    expect(stdout, stderr).toBe('true E_CANCELLED 130 6 cancelled');
  });
});
