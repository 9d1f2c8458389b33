import type { IsolatedProcess, Isolator, RunningProcess } from '../contracts/isolator.js';
import { usageError } from '../errors/errors.js';
import type { JobManifest } from '../store/runtime-manifest.js';
import type { JobSpec } from './job-spec.js';

/** Kept for what joblet itself will tell a job. */
const RESERVED_NAME = /^(JOB|JOBLET)_/;

/** What every job finds unless its runtime or its caller says otherwise. */
const DEFAULT_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/work',
  LANG: 'C.UTF-8',
};

export const DEFAULT_WORKDIR = '/work';

/** As much of a runtime as a job needs: a finished build has it before the runtime is installed. */
export interface JobRoot {
  readonly rootPath: string;
  readonly manifest: Pick<JobManifest, 'environment'> & Partial<JobManifest>;
}

/** A root whose files stay until it is released. */
export interface JobRootUse {
  readonly root: JobRoot;
  /** Holds the files too, in a process that inherits it. */
  readonly descriptor?: number;
  release(): void;
}

/** A command, and where and with which variables it runs. */
export type JobCommand = Pick<JobSpec, 'args' | 'env' | 'secretEnv' | 'workdir'>;

/** What of a process follows from its root and command; limits, streams and network come on top. Throws E_USAGE for what no
 * job can be given. `sizing`: under the runtime's environment. */
export function jobProcess(
  root: JobRoot,
  command: JobCommand,
  sizing: Readonly<Record<string, string>> = {},
): Pick<IsolatedProcess, 'profile' | 'root' | 'args' | 'env' | 'cwd'> {
  checkCommand(command);
  return {
    profile: 'job',
    root: { kind: 'directory', hostPath: root.rootPath, writable: false },
    args: command.args,
    env: { ...DEFAULT_ENVIRONMENT, ...sizing, ...root.manifest.environment, ...command.env, ...command.secretEnv },
    cwd: command.workdir ?? DEFAULT_WORKDIR,
  };
}

/** Starts a command in a runtime: default deny, no network, no limits but a time, no record. For a build's own tests. */
export function startJob(
  root: JobRoot,
  spec: JobCommand & Pick<JobSpec, 'stdin' | 'stdout' | 'stderr' | 'signal' | 'timeoutMs'>,
  isolator: Isolator,
): RunningProcess {
  return isolator.start({
    ...jobProcess(root, spec),
    network: 'none',
    stdin: spec.stdin ?? 'ignore',
    stdout: spec.stdout,
    stderr: spec.stderr,
    ...(spec.timeoutMs === undefined ? {} : { timeoutMs: spec.timeoutMs }),
    ...(spec.signal === undefined ? {} : { signal: spec.signal }),
  });
}

function checkCommand({ args, env = {}, secretEnv = {}, workdir }: JobCommand): void {
  if (args.length === 0) throw usageError('no command was given', 'name the program to run, then its arguments');
  for (const [index, argument] of args.entries()) {
    refuseNul(argument, index === 0 ? 'the command' : `argument ${index}`);
  }
  for (const [name, value] of [...Object.entries(env), ...Object.entries(secretEnv)]) {
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
