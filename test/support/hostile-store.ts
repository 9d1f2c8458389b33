import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { RuntimeManifest } from '../../core/store/runtime-manifest.js';
import { writeThreadBomb } from '../../plugins/isolation/test-support/probe-program.js';
import { giveToMappedRoot, makeTinyRoot } from '../../plugins/isolation/test-support/tiny-root.js';

/** Name of the one runtime of such a store: busybox, perl, and `thread-bomb`. */
export const TINY = 'tiny';

/** A store of a test's own, with a runtime that needed no build: what is in it at the end, this test's jobs have left. */
export function makeHostileStore(requirements: Partial<RuntimeManifest['requirements']> = {}): string {
  const store = realpathSync(mkdtempSync(path.join(tmpdir(), 'hostile-store-')));
  const runtime = path.join(store, 'runtimes', TINY, '1.0.0');
  const root = makeTinyRoot(path.join(runtime, 'isolated'));
  writeThreadBomb(path.join(root, 'bin/thread-bomb'));
  giveToMappedRoot(root);
  writeFileSync(
    path.join(runtime, 'runtime.yml'),
    stringify({ ...manifest, requirements: { architectures: [], ...requirements } }),
  );
  // What a first job would make.
  mkdirSync(path.join(store, 'jobs'));
  return store;
}

export function removeHostileStore(store: string): void {
  rmSync(store, { recursive: true, force: true });
}

const manifest: Omit<RuntimeManifest, 'requirements'> = {
  name: TINY,
  language: 'perl',
  language_version: '5',
  version: '1.0.0',
  description: 'made by a test',
  mounts: [],
  environment: {},
  packages: [],
  libraries: [],
  build_info: {
    built_at: '2026-01-01T00:00:00Z',
    platform: '',
    language_version_exact: '',
    release: '',
    distribution_packages: [],
    spec_digest: '',
    builder_version: '',
  },
  size_bytes: 0,
  digest: '',
};
