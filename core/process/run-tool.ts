import { execa } from 'execa';
import { cancelled, hostUnfit } from '../errors/errors.js';
import { killPidNamespace, PID_NAMESPACE } from './pid-namespace.js';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
/** What tools write must not depend on the caller's umask. The command comes as arguments. */
export const FIXED_UMASK = ['sh', '-c', 'umask 022; exec "$@"', 'sh'] as const;

/** As sh says it. */
const NOT_FOUND = /exec: (\S+): not found$/m;

const TAIL_LINES = 30;

export interface ToolCommand {
  readonly argv: readonly [string, ...string[]];
  /** Added to PATH and LC_ALL=C (messages are parsed). */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** In a PID and a mount namespace of its own, which end with it and with all that it started and mounted. Needs root. @default false */
  readonly ownNamespaces?: boolean;
  /** Every line of output, standard error included, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order of their coming. */
  readonly output: string;
  /** The last lines of `output`. */
  readonly tail: string;
}

/** Passwords in URLs are never shown. */
export function redact(text: string): string {
  return text.replace(/(\b[a-z+.-]+:\/\/)[^/@\s'"]+@/gi, '$1***@');
}

/**
 * Runs a program of the host that dies with us (also when we are killed) and that has nothing of our environment.
 * Resolves for any exit status. Throws E_CANCELLED, or E_HOST_UNFIT when the program is not there. However it ends, the program has
 * ended then; with `ownNamespaces`, all that it started, too.
 */
export async function runTool(command: ToolCommand): Promise<ToolResult> {
  if (command.signal?.aborted) throw cancelled(command.signal.reason);
  const child = start(command);
  const kill = () => (command.ownNamespaces ? killPidNamespace(child) : child.kill('SIGKILL'));
  const release = onAbort(command.signal, kill);
  try {
    return await finished(child, command);
  } finally {
    release();
  }
}

type ToolProcess = ReturnType<typeof start>;

function start(command: ToolCommand) {
  const unshare = command.ownNamespaces ? ['unshare', ...PID_NAMESPACE] : [];
  return execa('setpriv', ['--pdeathsig', 'KILL', ...unshare, ...FIXED_UMASK, ...command.argv], {
    env: { PATH, LC_ALL: 'C', ...command.env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    maxBuffer: 512 * 1024 * 1024,
    // Ours may be gone.
    cwd: '/',
  });
}

/**
 * Calls `kill` when the signal fires. execa's own `cancelSignal` settles before the process is gone; this way the result
 * comes when it has ended and its output is closed, so that nothing of it writes any more. Returns the undoing.
 */
export function onAbort(signal: AbortSignal | undefined, kill: () => void): () => void {
  signal?.addEventListener('abort', kill, { once: true });
  return () => signal?.removeEventListener('abort', kill);
}

async function finished(child: ToolProcess, command: ToolCommand): Promise<ToolResult> {
  if (command.onLine !== undefined) {
    for await (const line of child.iterable({ from: 'all' })) {
      // unshare complains that its child was killed.
      if (!command.signal?.aborted) command.onLine(redact(String(line)));
    }
  }
  const result = await child;
  if (command.signal?.aborted) throw cancelled(command.signal.reason);
  const stderr = redact(result.stderr);
  if (result.code === 'ENOENT') throw toolMissing('setpriv', result.cause);
  const absent = result.exitCode === 127 ? NOT_FOUND.exec(stderr) : null;
  if (absent !== null) throw toolMissing(absent[1] ?? command.argv[0], result.cause);
  const output = redact(result.all);
  return {
    status: result.exitCode ?? 255,
    stdout: result.stdout,
    stderr,
    output,
    tail: output.split('\n').slice(-TAIL_LINES).join('\n').trim(),
  };
}

function toolMissing(program: string, cause: unknown): Error {
  const providers: Record<string, string> = {
    mmdebstrap: 'mmdebstrap',
    'apt-get': 'apt',
    'dpkg-deb': 'dpkg',
    tar: 'tar',
    unshare: 'util-linux',
    setpriv: 'util-linux',
  };
  const name = program.split('/').at(-1) ?? program;
  return hostUnfit(`${name} is not installed`, `install it: apt-get install ${providers[name] ?? name}`, cause);
}
