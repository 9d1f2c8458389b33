import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { restoreConfig } from './store-config.js';

/**
 * One store for all end-to-end tests, so that the base and the language are made once. JOBLET_TEST_STORE names one to keep between
 * runs while tests are written.
 */
export default function setup(project: TestProject): (() => Promise<void>) | undefined {
  const kept = process.env['JOBLET_TEST_STORE'];
  if (kept) {
    project.provide('store', kept);
    return undefined;
  }
  const store = mkdtempSync(path.join(tmpdir(), 'joblet-test-'));
  restoreConfig(store);
  project.provide('store', store);
  return async () => {
    await execa('rm', ['-rf', store]);
  };
}

declare module 'vitest' {
  export interface ProvidedContext {
    store: string;
  }
}
