import 'reflect-metadata';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import { StorePaths } from '../../../core/store/store-paths.js';
import { CrunIsolator } from '../crun-isolator.js';

/** A program of its own for tests: starts a job that ignores TERM and leaves its session, and waits to be killed. */
const [rootPath = '', script = ''] = process.argv.slice(2);
const isolator = new CrunIsolator(
  { env: {}, home: '/root', now: () => new Date() },
  DEFAULT_ID_MAP,
  new StorePaths('/nonexistent'),
);
isolator.start({
  profile: 'job',
  root: { kind: 'directory', hostPath: rootPath, writable: false },
  args: ['sh', '-c', script],
  env: { PATH: '/bin:/usr/bin' },
  network: 'none',
  stdout: process.stdout,
  stderr: process.stderr,
});
