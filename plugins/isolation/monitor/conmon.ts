import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { DetachedProcess } from '../../../core/contracts/isolator.js';
import { hostUnfit } from '../../../core/errors/errors.js';
import { identify, isAlive, type ProcessIdentity } from '../../../core/process/process-identity.js';
import { processNotStarted } from '../errors.js';
import { guideLauncher, launcherCommand, type PreparedLaunch, readReports, sendUpload } from '../launcher.js';
import { monitorFiles } from './monitor-files.js';
import { DETACHED_SCRIPT, MONITORED_SCRIPT } from './monitor-script.js';

export interface Monitored
  extends PreparedLaunch,
    Pick<
      DetachedProcess,
      'directory' | 'logPath' | 'logLimitBytes' | 'atEnd' | 'held' | 'onMonitored' | 'timeoutMs' | 'outputLimitBytes'
    > {
  readonly conmon: string;
  /** Between TERM and KILL after a timeout. */
  readonly graceMs: number;
}

/** A descriptor of conmon's. */
const SYNC = 5;

const DIRECTORIES = [
  '/usr/local/bin',
  '/usr/bin',
  '/usr/libexec/podman',
  '/usr/local/libexec/podman',
  '/usr/libexec/crio',
];

/** Throws E_HOST_UNFIT. */
export function findConmon(searched: string | undefined): string {
  const directories = [...(searched ?? '').split(':').filter((entry) => entry.startsWith('/')), ...DIRECTORIES];
  const found = directories.map((directory) => path.join(directory, 'conmon')).find(isExecutable);
  if (found !== undefined) return found;
  throw hostUnfit(
    'jobs cannot be detached: conmon, which watches over them, was not found',
    'install it: apt-get install conmon (Debian, Ubuntu), or dnf install conmon; or run the job in the foreground',
  );
}

/** Starts a launcher under conmon, conmon(8). Resolves when it has its configuration and needs us no more. */
export async function startMonitored(monitored: Monitored): Promise<void> {
  const files = monitorFiles(monitored.directory);
  const { upload } = monitored.preparation;
  const { held = [], group } = monitored;
  await mkdir(monitored.directory, { mode: 0o700 });
  if (group !== undefined) await writeFile(files.group, group.name);
  const child = spawn(monitored.conmon, conmonArguments(monitored), {
    // 3 and 4 are for the launcher, SYNC for what conmon says of its start.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', upload === undefined ? 'ignore' : 'pipe', 'pipe', ...held],
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', _OCI_SYNCPIPE: String(SYNC) },
    detached: true,
  });
  const control = child.stdio[3];
  const sync = child.stdio.at(SYNC);
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.on('error', (error) => {
    complaint += error.message;
  });
  try {
    if (!(control instanceof Duplex) || !(sync instanceof Readable)) throw new Error('conmon was not started');
    const pid = await processOf(sync);
    const launcher = pid === undefined ? undefined : identify(pid);
    const monitor = launcher === undefined ? undefined : identify(parentOf(launcher.pid));
    if (launcher === undefined || monitor === undefined) {
      throw processNotStarted(complaint.trim() || 'its monitor did not start', 'see that conmon works on this host');
    }
    monitored.onMonitored({ process: launcher, monitor });
    control.write('go\n');
    const broken = new Promise<never>((_, reject) => sendUpload(child, upload, reject));
    broken.catch(() => {});
    const { assignment, preparation } = monitored;
    const guided = guideLauncher({ control, pid: launcher.pid, assignment, preparation });
    if (!(await whileAlive(launcher, Promise.race([guided, broken])))) throw notStarted(files.complaints);
    await finished(control, { readable: false });
  } finally {
    for (const stream of [control, sync, child.stderr]) stream?.destroy();
    upload?.destroy();
    child.unref();
  }
}

function conmonArguments(monitored: Monitored): string[] {
  const { directory, tools, steps, group, outputLimitBytes = 0 } = monitored;
  const files = monitorFiles(directory);
  const seconds = (ms: number): string => String(ms / 1000);
  const limits = [seconds(monitored.timeoutMs ?? 0), String(outputLimitBytes), group?.memoryEventsPath ?? ''];
  const launcher = launcherCommand(tools, steps, {
    script: DETACHED_SCRIPT,
    arguments: [...limits, seconds(monitored.graceMs), files.reason],
  });
  const words = [files.pid, files.complaints, String(launcher.length), ...launcher];
  const [atEnd, ...atEndArgs] = monitored.atEnd;
  return [
    ...['--cid', path.basename(files.status), '--cuuid', 'socket', '--name', 'joblet', '--bundle', directory],
    ...['--runtime', tools.shell],
    ...['-c', MONITORED_SCRIPT, 'joblet', ...words].flatMap((word) => ['--runtime-arg', word]),
    ...['--container-pidfile', files.pid, '--socket-dir-path', directory],
    ...['--log-path', `k8s-file:${monitored.logPath}`, '--log-size-max', String(monitored.logLimitBytes)],
    // The log may be large: it is the kernel's to write it down, as with any other file.
    ...['--no-sync-log', '--log-level', 'error', '--exit-dir', directory],
    ...(atEnd === undefined ? [] : ['--exit-command', atEnd]),
    ...atEndArgs.flatMap((word) => ['--exit-command-arg', word]),
  ];
}

/** What a launcher is guided to, or false when it ends before: the monitor holds its descriptors too, so none of them tells. */
async function whileAlive(launcher: ProcessIdentity, guided: Promise<boolean>): Promise<boolean> {
  const done = new AbortController();
  const untilDead = async (): Promise<false> => {
    while (isAlive(launcher) && !done.signal.aborted)
      await pause(20, undefined, { signal: done.signal }).catch(() => {});
    return false;
  };
  try {
    return await Promise.race([guided, untilDead()]);
  } finally {
    done.abort();
  }
}

/** conmon, once it has reported the process: what it ran in between has ended. Its own pid file may come later. */
function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function notStarted(complaints: string): Error {
  const { errors } = readReports([readFileSync(complaints, 'utf8')]);
  return processNotStarted(
    errors.split('\n').at(-1) || 'its launcher ended',
    'see docs/isolation.md for what a root must have',
  );
}

/** conmon writes one line of JSON: `{"pid": N}`, with N below 0 and a message when what it ran has failed. */
async function processOf(sync: Readable): Promise<number | undefined> {
  let text = '';
  for await (const chunk of sync) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const pid = Number(/"pid": ?(-?\d+)/.exec(text)?.[1]);
  return pid > 0 ? pid : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
