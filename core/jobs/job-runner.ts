import type { IsolatedProcess, Isolator, RunningProcess } from '../contracts/isolator.js';
import { usageError } from '../errors/errors.js';
import type { JobManifest } from '../store/runtime-manifest.js';
import type { JobSpec } from './job-spec.js';

/** Kept for what joblet itself will tell a job. */
const RESERVED_NAME = /^(JOB|JOBLET)_/;

/** As execve(2): MAX_ARG_STRLEN of each, and of all together a quarter of the usual stack, with a pointer for each. */
const MAX_TEXT_BYTES = 128 * 1024 - 1;
const MAX_TOTAL_BYTES = 2 * 1024 * 1024 - 4096;
const POINTER_BYTES = 8;
const TOO_LONG = 'the kernel gives no program more: pass it in a file (--upload) or on standard input';

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
    refuseText(argument, index === 0 ? 'the command' : `argument ${index}`);
  }
  const variables = [...Object.entries(env), ...Object.entries(secretEnv)];
  for (const [name, value] of variables) {
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
    refuseText(`${name}=${value}`, `environment variable ${name}`);
  }
  refuseTotal(args, variables);
  if (workdir === undefined) return;
  if (!workdir.startsWith('/')) {
    throw usageError(
      `working directory ${JSON.stringify(workdir)} is not absolute`,
      'give it as in the job: /work/sub',
    );
  }
  refuseText(workdir, 'the working directory');
}

function refuseText(text: string, what: string): void {
  if (text.includes('\0')) throw usageError(`${what} contains a NUL byte`, 'no program can be given one: remove it');
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) throw usageError(`${what} is longer than 128 KB`, TOO_LONG);
}

function refuseTotal(args: readonly string[], variables: readonly (readonly [string, string])[]): void {
  const texts = [...args, ...variables.map(([name, value]) => `${name}=${value}`)];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1 + POINTER_BYTES, 0);
  if (bytes > MAX_TOTAL_BYTES) throw usageError('the arguments and variables are longer than 2 MB together', TOO_LONG);
}
