import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, existsSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Duplex, type Readable, Writable } from 'node:stream';
import { firstProcess, killPidNamespace, PID_NAMESPACE } from '../../core/process/pid-namespace.js';
import type { ControlGroup } from './control-groups/control-groups.js';
import type { HostTools } from './host-tools.js';
import { LAUNCHER_SCRIPT, PIPE_DESCRIPTORS } from './launcher-script.js';
import { runCommand, surroundingsOf } from './oci-runtime.js';
import type { FreeSpace } from './work-disk.js';

/** Ends of the process's streams; real pipes inside. */
export interface ProcessStreams {
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly stderr: Socket;
}

interface Connection extends ProcessStreams {
  /** What the runtime reports about itself. */
  readonly log: Socket;
}

/** What a process is started with, once all else is prepared. */
export interface Assignment {
  /** The configuration, and what else it names; paths in the launcher's mount namespace. */
  readonly files: readonly { readonly path: string; readonly content: string | Buffer; readonly mode: number }[];
  /** Links to make in the launcher's mount namespace, to host paths: the steps, sent as lines, can hold none. */
  readonly links?: Readonly<Record<string, string>>;
  /** As a launcher's arguments; they name things in the private directory only. */
  readonly steps?: readonly string[];
}

/** Called once the launcher runs: making it takes as long as the launcher's own preparation. */
export type AssignmentMaker = () => Assignment | Promise<Assignment>;

/** What is done while the launcher prepares its mounts; the process runs only when all of it is. */
export interface LaunchPreparation {
  /** The namespaces' first process exists: all that it starts will be where it is put. */
  joined?(firstPid: number): Promise<void>;
  /** All mounts of the steps are made, in the mount namespace of that process. */
  mounted?(firstPid: number): Promise<void>;
  /** A tar archive for the `unpack` step. */
  readonly upload?: Readable;
}

/** All that a launcher is started with, and the group that the process is to be in. */
export interface PreparedLaunch {
  readonly tools: HostTools;
  readonly steps: readonly string[];
  readonly assignment: AssignmentMaker;
  readonly preparation: LaunchPreparation;
  readonly group?: ControlGroup;
}

export interface Launch {
  /** Whether it keeps this process from ending by itself. As a child process, it does at first. */
  hold(holds: boolean): void;
  /** Host pid of the process that waits for the namespaces' first process. */
  readonly pid: number;
  /** The streams, once the process runs; undefined when the launcher ended before. */
  readonly streams: Promise<ProcessStreams | undefined>;
  /** When every process of the namespaces is gone. Rejects with what `prepare` threw. */
  readonly ended: Promise<LaunchEnd>;
  /** Ends every process of the namespaces. */
  kill(): void;
}

export interface LaunchEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What the launcher or the runtime reported as an error: why the process could not be started. */
  readonly errors: string;
  /** What was left of the work disk when the process failed. */
  readonly free?: FreeSpace;
}

/**
 * Starts the launcher with a configuration. Dies with us: `setpriv --pdeathsig` kills unshare, unshare's `--kill-child`
 * the first process of the PID namespace, and the kernel all others. child_process and not execa: the child gets a
 * session of its own, extra pipes, and must start when our working directory is gone.
 */
export function launch(
  tools: HostTools,
  steps: readonly string[],
  assignment: AssignmentMaker,
  preparation: LaunchPreparation = {},
): Launch {
  const [program = '', ...words] = launcherCommand(tools, steps, { script: LAUNCHER_SCRIPT, arguments: [] });
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', preparation.upload === undefined ? 'ignore' : 'pipe'],
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    // A session of its own: a terminal's Ctrl-C is the caller's to pass on, once.
    detached: true,
  });
  const reports: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => reports.push(text));
  const kill = (): void => {
    if (child.exitCode === null && child.signalCode === null) killPidNamespace(child);
  };
  const failure: { error?: unknown } = {};
  sendUpload(child, preparation.upload, (error) => {
    failure.error ??= error;
    kill();
  });
  const connected = handshake(child, assignment, preparation).catch((error: unknown) => {
    failure.error = error;
    kill();
    return undefined;
  });
  const hold = (holds: boolean): void => {
    const handles = [child, ...[child.stderr, child.stdio[3]].filter((stream) => stream instanceof Socket)];
    for (const handle of handles) {
      if (holds) handle.ref();
      else handle.unref();
    }
  };
  return { pid: child.pid ?? 0, streams: connected, ended: ended(child, connected, reports, failure), kill, hold };
}

/** The command line of a launcher that runs a script with arguments of its own before the common ones. */
export function launcherCommand(
  tools: HostTools,
  steps: readonly string[],
  { script, arguments: own }: { readonly script: string; readonly arguments: readonly string[] },
): readonly string[] {
  const surroundings = surroundingsOf(tools.runtime);
  return [
    ...[tools.setpriv, '--pdeathsig', 'KILL', '--', tools.unshare, ...PID_NAMESPACE, '--', tools.shell],
    ...['-c', script, 'joblet', ...own, surroundings.privateDirectory, ...surroundings.steps, ...steps],
    ...['exec', ...runCommand(tools.runtime)],
  ];
}

/** Opens our ends of the launcher's pipes, prepares, and hands over the configuration. */
async function handshake(
  child: ChildProcess,
  assignment: AssignmentMaker,
  preparation: LaunchPreparation,
): Promise<Connection | undefined> {
  const control = child.stdio[3];
  if (!(control instanceof Duplex) || child.pid === undefined) return undefined;
  let connection: Connection | undefined;
  const begin = (first: number): boolean => {
    connection = openPipes(first);
    return connection !== undefined;
  };
  try {
    if (await guideLauncher({ control, pid: child.pid, assignment, preparation, begin })) return connection;
  } catch (error) {
    if (connection) closeAll(connection);
    throw error;
  }
  if (connection) closeAll(connection);
  return undefined;
}

export interface Guidance {
  /** The launcher's descriptor 3. */
  readonly control: Duplex;
  /** The launcher, which becomes unshare. */
  readonly pid: number;
  readonly assignment: AssignmentMaker;
  readonly preparation: LaunchPreparation;
  /** When the namespaces' first process exists. False: give up. */
  begin?(firstPid: number): boolean;
}

/** Goes through a launcher's words with it, and hands over the configuration, which lets it go on. False when it ended before. */
export async function guideLauncher(guidance: Guidance): Promise<boolean> {
  const { control, pid, assignment, preparation, begin } = guidance;
  control.on('error', () => {});
  const words = createInterface({ input: control })[Symbol.asyncIterator]();
  const made = (async () => assignment())();
  // Its failure is awaited below; until then it is not unhandled.
  made.catch(() => {});
  if ((await words.next()).value !== 'pipes') return false;
  const first = firstProcess(pid);
  if (first === undefined || begin?.(first) === false) return false;
  const joined = preparation.joined?.(first);
  // The same.
  joined?.catch(() => {});
  if ((await words.next()).value !== 'mounted') return false;
  await preparation.mounted?.(first);
  await joined;
  const assigned = await Promise.race([made, closeOf(control)]);
  if (assigned === undefined) return false;
  const { files, links = {}, steps = [] } = assigned;
  const inNamespace = `/proc/${first}/root`;
  try {
    for (const [link, target] of Object.entries(links)) symlinkSync(target, `${inNamespace}${link}`);
    for (const { path, content, mode } of files) writeFileSync(`${inNamespace}${path}`, content, { mode });
  } catch (error) {
    // Ended meanwhile.
    if (!existsSync(inNamespace)) return false;
    throw error;
  }
  control.end(`${stepLines(steps)}run\n`);
  return true;
}

/** A launcher that is ended while it waits closes its end. */
function closeOf(control: Duplex): Promise<undefined> {
  return new Promise((resolve) => control.once('close', () => resolve(undefined)));
}

function stepLines(steps: readonly string[]): string {
  return steps.map((word, index) => (index % 3 === 2 ? `${word}\n` : `${word} `)).join('');
}

function openPipes(first: number): Connection | undefined {
  const opened: Socket[] = [];
  const open = (name: keyof typeof PIPE_DESCRIPTORS, mode: 'read' | 'write'): Socket => {
    const socket = openPipe(`/proc/${first}/fd/${PIPE_DESCRIPTORS[name]}`, mode);
    opened.push(socket);
    return socket;
  };
  try {
    return {
      log: open('log', 'read'),
      stdin: open('stdin', 'write'),
      stdout: open('stdout', 'read'),
      stderr: open('stderr', 'read'),
    };
  } catch {
    for (const socket of opened) socket.destroy();
    return undefined;
  }
}

function closeAll(connection: Connection): void {
  for (const socket of Object.values(connection)) socket.destroy();
}

/** One that breaks off must not be taken for a short one: tar misses no end of an archive. */
export function sendUpload(child: ChildProcess, upload: Readable | undefined, failed: (error: unknown) => void): void {
  const target = child.stdio[4];
  if (upload === undefined || !(target instanceof Writable)) return;
  target.on('error', () => upload.destroy());
  upload.on('error', failed);
  if (upload.errored) failed(upload.errored);
  upload.pipe(target);
}

async function ended(
  child: ChildProcess,
  connected: Promise<Connection | undefined>,
  reports: string[],
  failure: { readonly error?: unknown },
): Promise<LaunchEnd> {
  // 'close' follows a failed spawn too, whose reason comes by 'error'.
  child.on('error', (error) => reports.push(error.message));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const log = (await connected)?.log;
  if (log) {
    log.setEncoding('utf8').on('data', (text: string) => reports.push(text));
    await once(log, 'close');
  }
  await closed;
  if (failure.error !== undefined) throw failure.error;
  return { code: child.exitCode, signal: child.signalCode, ...readReports(reports) };
}

function openPipe(path: string, mode: 'read' | 'write'): Socket {
  const flag = mode === 'read' ? constants.O_RDONLY : constants.O_WRONLY;
  const fd = openSync(path, flag | constants.O_NONBLOCK);
  return new Socket({ fd, readable: mode === 'read', writable: mode === 'write' }).on('error', () => {});
}

/** The runtime logs JSON lines, of which errors matter; the shell and mount print plain text. */
export function readReports(reports: readonly string[]): Pick<LaunchEnd, 'errors' | 'free'> {
  const lines = reports
    .join('')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const free = lines.map((line) => /^free (\d+) (\d+) (\d+)$/.exec(line)).find((match) => match !== null);
  const errors = lines
    .filter((line) => line !== free?.[0])
    .map((line) => {
      const entry = /^\{.*"msg"\s*:\s*("(?:[^"\\]|\\.)*").*\}$/.exec(line);
      if (!entry?.[1]) return line;
      return /"level"\s*:\s*"(error|fatal)"/.test(line) ? String(JSON.parse(entry[1])) : '';
    })
    .filter((line) => line !== '')
    .join('\n');
  if (!free) return { errors };
  const [blocks = 0, inodes = 0, ofBlocks = 0] = free.slice(1).map(Number);
  return { errors, free: { blocks, inodes, ofBlocks } };
}
