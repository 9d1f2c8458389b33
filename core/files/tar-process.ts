import { spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import { hostTool } from '../process/host-tool.js';

export interface TarEnd {
  /** Undefined when a signal ended it, or it never ran (`cause`). */
  readonly status: number | undefined;
  /** What it wrote about the files, a line each. */
  readonly messages: readonly string[];
  readonly cause?: unknown;
}

export interface TarProcess {
  readonly output: Readable;
  readonly end: Promise<TarEnd>;
  kill(): void;
}

const MAX_MESSAGES = 64 * 1024;

/** Starts tar(1). `descriptors` are its own from 3 on; `names` go to its standard input, each with a NUL behind it. */
export function startTar(
  options: readonly string[],
  descriptors: readonly number[],
  names: readonly Buffer[],
): TarProcess {
  // Not execa, which hands on no descriptor above 2.
  const child = spawn('tar', options, {
    cwd: hostTool.cwd,
    env: hostTool.env,
    stdio: ['pipe', 'pipe', 'pipe', ...descriptors],
  });
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('a child without pipes');
  let messages = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = `${messages}${text}`.slice(0, MAX_MESSAGES);
  });
  const end = new Promise<TarEnd>((resolve) => {
    child.once('error', (cause) => resolve({ status: undefined, messages: [], cause }));
    child.once('close', (status) => {
      resolve({ status: status ?? undefined, messages: messages.split('\n').filter(isMessage).map(inUsersWords) });
    });
  });
  // It ended before it had read all names: its status says why.
  stdin.on('error', () => {});
  stdin.end(Buffer.concat(names.flatMap((name) => [name, Buffer.from('\0')])));
  // Node throws away what a child that has ended wrote, if nobody had begun to read it.
  return { output: stdout.pipe(new PassThrough()), end, kill: () => child.kill('SIGKILL') };
}

/** The last line of a tar that failed only says that there were others; that sockets are left out is documented. */
function isMessage(line: string): boolean {
  return line !== '' && !line.includes('previous errors') && !line.endsWith(': socket ignored');
}

/** `tar: /proc/self/fd/3/sub/x: Cannot open: …` names a file as tar sees it. */
function inUsersWords(line: string): string {
  return line.replace(/^tar: (\/proc\/self\/fd\/\d+\/)?/, '');
}
