import type { Isolator } from '../contracts/isolator.js';
import { usageError } from '../errors/errors.js';
import type { RuntimeManifest } from '../store/runtime-manifest.js';
import type { JobSpec, RunningJob } from './job-spec.js';

/** Kept for what joblet itself will tell a job. */
const RESERVED_NAME = /^(JOB|JOBLET)_/;

/** What every job finds unless its runtime or its caller says otherwise. */
const DEFAULT_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/work',
  LANG: 'C.UTF-8',
};

/** As much of a runtime as a job needs: a finished build has it before the runtime is installed. */
export interface JobRoot {
  readonly rootPath: string;
  readonly manifest: Pick<RuntimeManifest, 'environment'>;
}

/** Starts a command in a runtime: default deny, no network. Throws E_USAGE for what no job can be given. */
export function startJob(runtime: JobRoot, spec: Omit<JobSpec, 'runtime'>, isolator: Isolator): RunningJob {
  checkCommand(spec);
  return isolator.start({
    profile: 'job',
    root: { kind: 'directory', hostPath: runtime.rootPath, writable: false },
    args: spec.args,
    env: { ...DEFAULT_ENVIRONMENT, ...runtime.manifest.environment, ...spec.env },
    cwd: spec.workdir ?? '/work',
    network: 'none',
    stdin: spec.stdin ?? 'ignore',
    stdout: spec.stdout,
    stderr: spec.stderr,
    ...(spec.timeoutMs === undefined ? {} : { timeoutMs: spec.timeoutMs }),
    ...(spec.signal === undefined ? {} : { signal: spec.signal }),
  });
}

function checkCommand(spec: Omit<JobSpec, 'runtime'>): void {
  const { args, env = {}, workdir } = spec;
  if (args.length === 0) throw usageError('no command was given', 'name the program to run, then its arguments');
  for (const [index, argument] of args.entries()) {
    refuseNul(argument, index === 0 ? 'the command' : `argument ${index}`);
  }
  for (const [name, value] of Object.entries(env)) {
    if (RESERVED_NAME.test(name)) {
      throw usageError(
        `environment variable ${name}: names that begin with JOB_ or JOBLET_ are reserved`,
        'choose another name',
      );
    }
    if (name === '' || /[=\0]/.test(name)) {
      throw usageError(
        `environment variable ${JSON.stringify(name)}: not a name`,
        'a name is not empty and holds no "="; write it as NAME=VALUE',
      );
    }
    refuseNul(value, `environment variable ${name}`);
  }
  if (workdir === undefined) return;
  if (!workdir.startsWith('/')) {
    throw usageError(
      `working directory ${JSON.stringify(workdir)} is not absolute`,
      'give it as in the job: /work/sub',
    );
  }
  refuseNul(workdir, 'the working directory');
}

function refuseNul(text: string, what: string): void {
  if (text.includes('\0')) throw usageError(`${what} contains a NUL byte`, 'no program can be given one: remove it');
}
