import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { rnx } from './support/rnx.js';

it('rnx doctor says what a host of these tests has, and makes not even a store', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'doctor-'));
  const env = { JOBLET_ROOT: path.join(dir, 'store') };
  const { stdout, stderr, exitCode } = await rnx(['doctor'], { env });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toMatch(/^ok +privileges +root$/m);
  expect(stdout).toMatch(/^ok +OCI runtime +crun \d/m);
  const report = JSON.parse((await rnx(['doctor', '--json'], { env })).stdout);
  expect(report.fit).toBe(true);
  expect(existsSync(env.JOBLET_ROOT)).toBe(false);
  rmSync(dir, { recursive: true });
});
