import { mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { specOptions } from '../../fixtures/spec-options.js';
import { isJobletError } from '../errors/joblet-error.js';
import { parseSpecFile, parseSpecText } from './parse-spec.js';

const SPEC = `schema_version: "1.0"
name: sample
version: 1.0.0
description: A sample
base:
  language: python
  version: "3.11"
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'joblet-spec-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function failure(path: string): Promise<{ code: string; message: string; hint: string; exitCode: number }> {
  const error: unknown = await parseSpecFile(path, specOptions).catch((thrown: unknown) => thrown);
  if (!isJobletError(error)) throw new Error(`${path} was accepted`, { cause: error });
  return { code: error.code, message: error.message, hint: error.hint ?? '', exitCode: error.exitCode };
}

function problemsOf(text: string): readonly unknown[] {
  try {
    parseSpecText(text, specOptions);
  } catch (error) {
    if (isJobletError(error) && Array.isArray(error.details['problems'])) return error.details['problems'];
    throw error;
  }
  throw new Error('accepted');
}

describe('a spec on disk', () => {
  it('is a file, or a folder with runtime.yaml or else runtime.yml', async () => {
    await writeFile(join(folder, 'runtime.yml'), SPEC.replace('sample', 'short'));
    expect((await parseSpecFile(folder, specOptions)).spec.name).toBe('short');
    await writeFile(join(folder, 'runtime.yaml'), SPEC);
    const parsed = await parseSpecFile(folder, specOptions);
    expect(parsed.spec.name).toBe('sample');
    expect(parsed.file).toBe(join(folder, 'runtime.yaml'));
    expect((await parseSpecFile(join(folder, 'runtime.yml'), specOptions)).spec.name).toBe('short');
  });

  it.each([
    ['nothing at the path', async () => {}, 'no such file or folder'],
    ['a folder without one', (path: string) => mkdir(path), 'the folder has no runtime.yaml or runtime.yml'],
    [
      'a folder in its place',
      (path: string) => mkdir(join(path, 'runtime.yaml'), { recursive: true }),
      'is a directory',
    ],
    ['100 MB', (path: string) => hundredMegabytes(path), 'is larger than 1 MB'],
    [
      'a byte more than 1 MB',
      (path: string) => writeFile(path, Buffer.alloc(1024 * 1024 + 1, '#')),
      'is larger than 1 MB',
    ],
    ['a NUL byte', (path: string) => writeFile(path, `${SPEC}environment:\n  A: "\0"\n`), 'has a NUL byte in line 9'],
    ['a FIFO that nobody writes', (path: string) => execa('mkfifo', [path]), 'is not a regular file'],
  ])('that is %s is unreadable', async (_what, make, reason) => {
    const path = join(folder, 'x');
    await make(path);
    const error = await failure(path);
    expect(error).toMatchObject({ code: 'E_SPEC_UNREADABLE', exitCode: 3 });
    expect(error.message).toContain(reason);
    expect(error.hint).not.toBe('');
  });

  it.each(['/dev/zero', '/dev/null', ''])('that is %j is unreadable', async (path) => {
    expect((await failure(path)).code).toBe('E_SPEC_UNREADABLE');
  });
});

async function hundredMegabytes(path: string): Promise<void> {
  await (await open(path, 'w')).close();
  await truncate(path, 100 * 1024 * 1024);
}

describe('the parsed spec', () => {
  it('has defaults for what is not given', () => {
    expect(parseSpecText(SPEC, specOptions).spec).toEqual({
      schemaVersion: '1.0',
      name: 'sample',
      version: '1.0.0',
      description: 'A sample',
      base: { language: 'python', version: '3.11' },
      packValues: {},
      libraries: [],
      environment: {},
      requirements: { gpu: false },
      platforms: [],
      hooks: { timeoutMs: 1_200_000, timeout: '20m' },
    });
  });

  it('has every field that is given', () => {
    const { spec } = parseSpecText(
      `${SPEC}pip: [numpy]
pip_options: --pre
libraries: [libx*]
environment: {A: "1"}
requirements: {gpu: true, cuda_version: "12.0", min_memory: 256MB}
platforms: [debian-amd64]
hooks: {timeout: 1h30m, pre_install: echo a, post_install: echo b}
`,
      specOptions,
    );
    expect(spec).toMatchObject({
      packValues: { pip: ['numpy'], pip_options: '--pre' },
      libraries: ['libx*'],
      environment: { A: '1' },
      requirements: { gpu: true, cudaVersion: '12.0', minMemory: '256MB', minMemoryBytes: 268_435_456 },
      platforms: ['debian-amd64'],
      hooks: { timeoutMs: 5_400_000, timeout: '1h30m', preInstall: 'echo a', postInstall: 'echo b' },
    });
  });

  it('takes plain scalars as they are written, with a warning each', () => {
    const { spec, warnings } = parseSpecText(
      `${SPEC.replace('"1.0"', '1.0').replace('"3.11"', '3.10')}environment:
  DEBUG: yes
  PORT: 0800
  DAY: 2026-01-02
  MASK: 0xFF
  BIG: 12345678901234567890
  OFF: off
  TEXT: text
  QUOTED: "yes"
`,
      specOptions,
    );
    expect(spec.base.version).toBe('3.10');
    expect(spec.environment).toEqual({
      DEBUG: 'yes',
      PORT: '0800',
      DAY: '2026-01-02',
      MASK: '0xFF',
      BIG: '12345678901234567890',
      OFF: 'off',
      TEXT: 'text',
      QUOTED: 'yes',
    });
    expect(warnings.map(({ path }) => path)).toEqual([
      'schema_version',
      'base.version',
      'environment.DEBUG',
      'environment.PORT',
      'environment.DAY',
      'environment.MASK',
      'environment.BIG',
      'environment.OFF',
    ]);
    expect(warnings[1]).toMatchObject({ line: 7, column: 12, hint: 'expected: "3.10", in quotes' });
  });

  it('finds the place of a value for later phases', () => {
    const parsed = parseSpecText(`${SPEC}pip:\n  - numpy\n  - pandas\n`, specOptions);
    expect(parsed.locate(['pip', 1])).toEqual({ line: 10, column: 5, source: '  - pandas' });
    expect(parsed.locate(['base', 'version'])).toMatchObject({ line: 7, column: 12 });
    expect(parsed.locate(['hooks', 'timeout'])).toMatchObject({ line: 1, column: 1 });
  });
});

describe('a report', () => {
  it('is in file order and holds the problems of format and packs alike', () => {
    const problems = problemsOf(`${SPEC}pip:\n  - numpy=1\n  - []\n  - -r x\nenviroment: {}\nplatforms: [x]\n`);
    expect(problems).toMatchObject([
      { path: 'pip[0]', line: 9, column: 5 },
      { path: 'pip[1]', line: 10, column: 5 },
      { path: 'pip[2]', line: 11, column: 5 },
      { path: 'enviroment', line: 12, column: 1 },
      { path: 'platforms[0]', line: 13, column: 13 },
    ]);
  });

  it('never hides an error behind warnings', () => {
    const variables = Array.from({ length: 300 }, (_, index) => `  K${index}: ${index}\n`).join('');
    const problems = problemsOf(`${SPEC}environment:\n${variables}name: again\n`);
    expect(problems).toContainEqual(expect.objectContaining({ severity: 'error', path: 'name' }));
  });

  it.each([
    ['nested brackets', '['.repeat(1_000_000)],
    ['nested entries', '- '.repeat(500_000)],
    ['nested keys', '? '.repeat(500_000)],
    ['quotes', '"'.repeat(1_000_000)],
    ['errors', `${SPEC}${'@\n'.repeat(400_000)}`],
    ['a list', `${SPEC}pip:\n${'- a\n'.repeat(200_000)}`],
    ['aliases', `${SPEC}libraries: &a [x]\nenvironment: [${'*a, '.repeat(200_000)}]`],
    ['duplicates', 'a: 1\n'.repeat(150_000)],
  ])('of a megabyte of %s comes soon and is short', (_what, text) => {
    const start = performance.now();
    expect(() => parseSpecText(text, specOptions)).toThrow(
      expect.objectContaining({ code: 'E_SPEC_INVALID', message: expect.stringMatching(/^[\s\S]{1,40000}$/) }),
    );
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  it('names the pack that fails on a spec', () => {
    const packs = specOptions.packs.map((pack) => ({
      ...pack,
      checkSpec: () => {
        throw new Error('broken');
      },
    }));
    expect(() => parseSpecText(SPEC, { packs })).toThrow(/the python pack could not check the spec: Error: broken/);
  });

  it('says that there is no language when no pack is there', () => {
    expect(() => parseSpecText(SPEC, { packs: [] })).toThrow(/"python" is not a language that this joblet can build/);
  });
});

describe('keys of packs', () => {
  it('are checked whatever the base language', () => {
    const spec = SPEC.replace('python', 'node').replace('3.11', '20');
    expect(parseSpecText(`${spec}pip: [numpy]\n`, specOptions).spec.packValues).toEqual({ pip: ['numpy'] });
    expect(() => parseSpecText(`${spec}pip: [-r x]\n`, specOptions)).toThrow(/is an option/);
  });

  it('earn a warning when nothing brings their tool', () => {
    const spec = SPEC.replace('python', 'node').replace('3.11', '20');
    const { warnings } = parseSpecText(`${spec}pip_options: --pre\n`, specOptions);
    expect(warnings).toMatchObject([{ path: 'pip_options', message: 'has no effect in this runtime' }]);
  });

  it('get the version rule of the base language alone', () => {
    expect(() => parseSpecText(SPEC.replace('python', 'node'), specOptions)).toThrow(/base\.version/);
    expect(() => parseSpecText(SPEC.replace('3.11', '20'), specOptions)).toThrow(/base\.version/);
  });
});
