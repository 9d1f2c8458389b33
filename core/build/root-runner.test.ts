import { Readable, type Writable } from 'node:stream';
import { expect, it } from 'vitest';
import type { IsolatedProcess, Isolator, ProcessExit } from '../contracts/isolator.js';
import { RootRunner } from './root-runner.js';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

/** A root whose commands write so many megabytes. */
function runnerOf(megabytes: number, log: (line: string) => void = () => {}): RootRunner {
  const write = async ({ stdout }: IsolatedProcess): Promise<ProcessExit> => {
    for (let count = 0; count < megabytes; count++) await taken(stdout);
    return { status: 0, timedOut: false, cancelled: false, durationMs: 0, reason: 'exited', usage: {} };
  };
  const isolator: Pick<Isolator, 'start'> = { start: (process) => ({ exit: write(process), kill: () => {} }) };
  return new RootRunner({
    isolator: {
      id: 'flood',
      jobMounts: () => [],
      packWork: () => Readable.from([]),
      check: async () => {},
      ...isolator,
    },
    network: { access: async () => ({ env: {}, binds: [], secrets: [] }), authoritiesPath: () => undefined },
    root: { kind: 'directory', hostPath: '/', writable: false },
    services: { signal: new AbortController().signal, log, progress: () => {}, warn: () => {} },
    tmp: { hostPath: '/tmp', rootPath: '/tmp' },
  });
}

function taken(stdout: Writable | 'ignore'): Promise<void> {
  return new Promise((resolve) => (stdout === 'ignore' ? resolve() : stdout.write(MEGABYTE, () => resolve())));
}

it('keeps what a command wrote, unless it is only to be shown', async () => {
  expect((await runnerOf(2).run({ args: ['a'] })).stdout).toHaveLength(2 * MEGABYTE.length);
  let shown = 0;
  const runner = runnerOf(300, (line) => {
    shown += line.length;
  });
  expect((await runner.run({ args: ['a'], streamOnly: true })).stdout).toBe('');
  expect(shown).toBeGreaterThan(0);
});

it('cuts no data short: more than can be kept is an error', async () => {
  await expect(runnerOf(257).run({ args: ['dpkg-query', '-L'], quiet: true })).rejects.toMatchObject({
    code: 'E_BUILD_STEP',
    message: 'dpkg-query wrote more than 256 MB to its standard output',
  });
});
