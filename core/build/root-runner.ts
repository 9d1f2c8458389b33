import { Writable } from 'node:stream';
import type { CommandRunner, RootCommand, RootCommandResult } from '../contracts/command-runner.js';
import type { HostNetwork } from '../contracts/host-network.js';
import type { Bind, Isolator, RootSource } from '../contracts/isolator.js';
import type { BuildServices } from '../contracts/platform-adapter.js';
import { buildStepFailed, cancelled } from '../errors/errors.js';
import { secretMasker } from './mask-secrets.js';
import { OutputLines } from './output-lines.js';

const BUILD_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
} as const;

const TAIL_LINES = 30;
/** What is read as data (`dpkg -L` of a whole root) stays far below this. */
const MAX_STDOUT = 256 * 1024 * 1024;

export interface RootRunnerParts {
  readonly isolator: Isolator;
  readonly network: HostNetwork;
  readonly root: RootSource;
  readonly services: BuildServices;
  /** A directory on disk that is the root's /tmp: what installers unpack there must not be memory. */
  readonly tmp: Bind;
}

/** Runs the build's commands in one root through the isolator. */
export class RootRunner implements CommandRunner {
  constructor(private readonly parts: RootRunnerParts) {}

  async run(command: RootCommand): Promise<RootCommandResult> {
    const { isolator, network, root, services, tmp } = this.parts;
    const access = command.network ? await network.access() : undefined;
    const mask = secretMasker([...(command.secrets ?? []), ...(access?.secrets ?? [])]);
    const out: Buffer[] = [];
    let outBytes = 0;
    const tail: string[] = [];
    const outLog = new OutputLines((line) => {
      if (!command.quiet) services.log(mask(line));
    });
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        outBytes += chunk.length;
        if (!command.streamOnly && outBytes <= MAX_STDOUT) out.push(chunk);
        outLog.write(chunk, () => done());
      },
      final: (done) => void outLog.end(() => done()),
    });
    const stderr = new OutputLines((line) => {
      const masked = mask(line);
      tail.push(masked);
      if (tail.length > TAIL_LINES) tail.shift();
      services.log(masked);
    });
    const running = isolator.start({
      profile: 'build',
      root,
      args: command.args,
      env: { ...BUILD_ENV, ...access?.env, ...command.env },
      cwd: command.cwd ?? '/',
      binds: [tmp, ...(access?.binds ?? []), ...(command.binds ?? [])],
      network: command.network ? 'host' : 'none',
      stdin: 'ignore',
      stdout,
      stderr,
      signal: services.signal,
      ...(command.timeoutMs === undefined ? {} : { timeoutMs: command.timeoutMs }),
    });
    const exit = await running.exit;
    if (exit.cancelled || services.signal.aborted) throw cancelled(services.signal.reason);
    if (!command.streamOnly && outBytes > MAX_STDOUT) {
      const [program = ''] = command.args;
      throw buildStepFailed(
        `${program} wrote more than ${MAX_STDOUT / (1024 * 1024)} MB to its standard output`,
        'the build root has more in it than a runtime can hold, or a hook replaced this program',
      );
    }
    return {
      status: exit.status,
      stdout: mask(Buffer.concat(out).toString('utf8')),
      stderrTail: tail.join('\n'),
      timedOut: exit.timedOut,
    };
  }
}
