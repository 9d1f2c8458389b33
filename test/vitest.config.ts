import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Far above what anything takes: a limit is there to end what hangs, and a machine may be as slow as it likes. */
const PATIENCE_MS = 600_000;

export default defineConfig({
  test: {
    teardownTimeout: PATIENCE_MS,
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['{core,plugins,packs,cli,fixtures}/**/*.test.ts'],
          // A project of its own, with a test runner of its own.
          exclude: [...configDefaults.exclude, 'fixtures/joblet-ruby/**'],
          setupFiles: ['reflect-metadata'],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/**/*.test.ts'],
          setupFiles: ['reflect-metadata'],
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
        },
      },
    ],
  },
});
