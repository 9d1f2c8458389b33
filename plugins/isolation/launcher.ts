import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { firstProcess, killPidNamespace, PID_NAMESPACE } from '../../core/process/pid-namespace.js';
import type { HostTools } from './host-tools.js';
import { LAUNCHER_SCRIPT, PIPE_DESCRIPTORS } from './launcher-script.js';
import { runCommand, surroundingsOf } from './oci-runtime.js';

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

export interface Launch {
  /** Host pid of the process that waits for the namespaces' first process. */
  readonly pid: number;
  /** The streams, once they exist; undefined when the launcher ended before. */
  readonly streams: Promise<ProcessStreams | undefined>;
  /** When every process of the namespaces is gone. */
  readonly ended: Promise<LaunchEnd>;
  /** Ends every process of the namespaces. */
  kill(): void;
}

export interface LaunchEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What the launcher or the runtime reported as an error: why the process could not be started. */
  readonly errors: string;
}

/**
 * Starts the launcher with a configuration. Dies with us: `setpriv --pdeathsig` kills unshare, unshare's `--kill-child`
 * the first process of the PID namespace, and the kernel all others. child_process and not execa: the child gets a
 * session of its own, an extra pipe, and must start when our working directory is gone.
 */
export function launch(tools: HostTools, steps: readonly string[], config: string): Launch {
  const surroundings = surroundingsOf(tools.runtime);
  const child = spawn(
    tools.setpriv,
    [
      ...['--pdeathsig', 'KILL', '--', tools.unshare],
      ...[...PID_NAMESPACE, '--', tools.shell],
      ...['-c', LAUNCHER_SCRIPT, 'joblet', surroundings.privateDirectory, ...surroundings.steps, ...steps],
      ...['exec', ...runCommand(tools.runtime)],
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      // A session of its own: a terminal's Ctrl-C is the caller's to pass on, once.
      detached: true,
    },
  );
  const reports: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => reports.push(text));
  const connected = handshake(child, config);
  return {
    pid: child.pid ?? 0,
    streams: connected,
    ended: ended(child, connected, reports),
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) killPidNamespace(child);
    },
  };
}

/** Waits for the launcher's pipes, opens our ends, and hands over the configuration, which lets it go on. */
function handshake(child: ChildProcess, config: string): Promise<Connection | undefined> {
  return new Promise((resolve) => {
    const control = child.stdio[3];
    if (!(control instanceof Duplex) || child.pid === undefined) {
      resolve(undefined);
      return;
    }
    control.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
    const launcher = child.pid;
    control.once('data', () => {
      const opened: Socket[] = [];
      const open = (name: keyof typeof PIPE_DESCRIPTORS, mode: 'read' | 'write'): Socket => {
        const socket = openPipe(`/proc/${firstProcess(launcher)}/fd/${PIPE_DESCRIPTORS[name]}`, mode);
        opened.push(socket);
        return socket;
      };
      try {
        resolve({
          log: open('log', 'read'),
          stdin: open('stdin', 'write'),
          stdout: open('stdout', 'read'),
          stderr: open('stderr', 'read'),
        });
        control.end(config);
      } catch {
        for (const socket of opened) socket.destroy();
        control.destroy();
      }
    });
  });
}

async function ended(
  child: ChildProcess,
  connected: Promise<Connection | undefined>,
  reports: string[],
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
  return { code: child.exitCode, signal: child.signalCode, errors: errorText(reports) };
}

function openPipe(path: string, mode: 'read' | 'write'): Socket {
  const flag = mode === 'read' ? constants.O_RDONLY : constants.O_WRONLY;
  const fd = openSync(path, flag | constants.O_NONBLOCK);
  return new Socket({ fd, readable: mode === 'read', writable: mode === 'write' }).on('error', () => {});
}

/** The runtime logs JSON lines, of which errors matter; the shell and mount print plain text. */
function errorText(reports: readonly string[]): string {
  return reports
    .join('')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const entry = /^\{.*"msg"\s*:\s*("(?:[^"\\]|\\.)*").*\}$/.exec(line);
      if (!entry?.[1]) return line;
      return /"level"\s*:\s*"(error|fatal)"/.test(line) ? String(JSON.parse(entry[1])) : '';
    })
    .filter((line) => line !== '')
    .join('\n');
}
