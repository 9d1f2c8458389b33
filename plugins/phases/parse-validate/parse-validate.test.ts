import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { container } from 'tsyringe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACK } from '../../../core/contracts/language-pack.js';
import { PHASE } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { Results } from '../../../core/pipeline/result-key.js';
import { PARSED_SPEC } from '../../../core/pipeline/results.js';
import { specOptions } from '../../../fixtures/spec-options.js';
import { register } from './index.js';

const SPEC = `schema_version: 1.0
name: sample
version: 1.0.0
description: A sample
base:
  language: python
  version: "3.11"
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'joblet-parse-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function runPhase(text: string, signal = new AbortController().signal) {
  await writeFile(join(folder, 'runtime.yaml'), text);
  const child = container.createChildContainer();
  register(child);
  for (const pack of specOptions.packs) child.register(PACK, { useValue: pack });
  const phase = child.resolve(PHASE);
  const results = new Results();
  const warnings: string[] = [];
  const context: Pick<BuildContext, 'request' | 'signal' | 'set' | 'warn' | 'progress'> = {
    request: { path: folder },
    signal,
    set: (key, value) => results.set(key, value),
    warn: (message) => void warnings.push(message),
    progress: () => {},
  };
  await phase.run(Object.assign(Object.create(null), context));
  return { phase, results, warnings };
}

describe('phase 1', () => {
  it('is the reference’s: number, name', async () => {
    const { phase } = await runPhase(SPEC);
    expect(phase).toMatchObject({ number: 1, id: 'parse-validate', title: 'Parse & Validate' });
  });

  it('hands the spec on and says each warning with its place', async () => {
    const { results, warnings } = await runPhase(SPEC);
    expect(results.get(PARSED_SPEC).spec.name).toBe('sample');
    expect(warnings).toEqual([
      expect.stringMatching(/^line 1, column 17: schema_version: without quotes, 1\.0 is a number/),
    ]);
  });

  it('refuses a bad spec with every problem', async () => {
    await expect(runPhase(`${SPEC}npm: [../a]\nenviroment: {}\n`)).rejects.toMatchObject({
      code: 'E_SPEC_INVALID',
      exitCode: 3,
      message: expect.stringMatching(/8:7: error: npm\[0\]: is not a package[\s\S]*9:1: error: enviroment/),
    });
  });

  it('stops when the build is cancelled', async () => {
    await expect(runPhase(SPEC, AbortSignal.abort())).rejects.toMatchObject({ code: 'E_CANCELLED' });
  });
});
