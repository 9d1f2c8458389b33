import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { IsolatedProcess, Isolator, RunningProcess } from '../contracts/isolator.js';
import { exitStatus } from '../errors/exit-status.js';
import type { InstalledRuntime } from '../store/installed-runtime.js';
import { startJob } from './job-runner.js';
import type { JobSpec } from './job-spec.js';

const runtime: InstalledRuntime = {
  name: 'ml',
  version: '1.0.0',
  path: '/store/runtimes/ml/1.0.0',
  rootPath: '/store/runtimes/ml/1.0.0/isolated',
  manifest: {
    name: 'ml',
    language: 'python',
    language_version: '3.11',
    version: '1.0.0',
    description: '',
    mounts: [],
    environment: { PATH: '/usr/bin', PYTHONUNBUFFERED: '1', LANG: 'de_DE.UTF-8' },
    packages: [],
    libraries: [],
    requirements: { architectures: ['amd64'] },
    build_info: {
      built_at: '2026-01-01T00:00:00Z',
      platform: 'debian-amd64',
      language_version_exact: '3.11.2',
      release: 'bookworm',
      distribution_packages: [],
      spec_digest: '',
      builder_version: '0.1.0',
    },
    size_bytes: 0,
    digest: '',
  },
};

class RecordingIsolator implements Isolator {
  packWork(): never {
    throw new Error('not asked for');
  }
  jobMounts() {
    return [];
  }

  readonly id = 'recording';
  started: IsolatedProcess | undefined;

  start(process: IsolatedProcess): RunningProcess {
    this.started = process;
    return {
      exit: Promise.resolve({
        status: 0,
        timedOut: false,
        cancelled: false,
        durationMs: 0,
        reason: 'exited',
        usage: {},
      }),
      kill: () => {},
    };
  }

  async check(): Promise<void> {}
}

function start(spec: Partial<JobSpec>): IsolatedProcess | undefined {
  const isolator = new RecordingIsolator();
  startJob(runtime, { runtime: 'ml', args: ['true'], stdout: new Writable(), stderr: 'ignore', ...spec }, isolator);
  return isolator.started;
}

describe('a job', () => {
  it('runs in the read-only root of its runtime, without a network', () => {
    expect(start({ args: ['python', '-c', ''] })).toMatchObject({
      profile: 'job',
      root: { kind: 'directory', hostPath: runtime.rootPath, writable: false },
      args: ['python', '-c', ''],
      cwd: '/work',
      network: 'none',
      stdin: 'ignore',
    });
  });

  it('has defaults, under the environment of its runtime, under its own', () => {
    expect(start({ env: { PYTHONUNBUFFERED: '', X: 'a=b\n' } })?.env).toEqual({
      PATH: '/usr/bin',
      HOME: '/work',
      LANG: 'de_DE.UTF-8',
      PYTHONUNBUFFERED: '',
      X: 'a=b\n',
    });
  });

  it('hands on its limits', () => {
    const { signal } = new AbortController();
    expect(start({ timeoutMs: 5, signal, workdir: '/tmp' })).toMatchObject({ timeoutMs: 5, signal, cwd: '/tmp' });
  });

  it.each<[what: string, spec: Partial<JobSpec>, message: string]>([
    ['no command', { args: [] }, 'no command was given'],
    ['a NUL byte in an argument', { args: ['a', 'b\0c'] }, 'argument 1 contains a NUL byte'],
    ['a NUL byte in a value', { env: { A: '\0' } }, 'environment variable A contains a NUL byte'],
    [
      'an argument that no program can be given',
      { args: ['a', 'é'.repeat(65_536)] },
      'argument 1 is longer than 128 KB',
    ],
    ['such a value', { env: { A: 'x'.repeat(131_070) } }, 'environment variable A is longer than 128 KB'],
    [
      'more than a program can be given',
      { args: Array.from({ length: 20 }, () => 'x'.repeat(130_000)) },
      'longer than 2 MB',
    ],
    ['a name that begins with JOB_', { env: { JOB_ID: '1' } }, 'JOB_ID: names that begin with JOB_ or JOBLET_'],
    ['a name that begins with JOBLET_', { env: { JOBLET_X: '1' } }, 'are reserved'],
    ['an empty name', { env: { '': '1' } }, 'environment variable "": not a name'],
    ['a name with an equals sign', { env: { 'A=B': '1' } }, 'not a name'],
    ['a relative working directory', { workdir: 'sub' }, 'working directory "sub" is not absolute'],
  ])('is refused: %s', (_what, spec, message) => {
    expect(() => start(spec)).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        exitCode: exitStatus.usage,
        message: expect.stringContaining(message),
        hint: expect.any(String),
      }),
    );
  });
});
