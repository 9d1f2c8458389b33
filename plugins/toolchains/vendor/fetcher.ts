import { execa } from 'execa';
import type { Host } from '../../../core/contracts/host.js';
import type { HostNetwork } from '../../../core/contracts/host-network.js';
import { cancelled, hostUnfit } from '../../../core/errors/errors.js';
import { hostTool } from '../../../core/process/host-tool.js';
import { redactCredentials } from '../../../core/spec/redact.js';

/** A file cannot be had. `message` is one line, without credentials. */
export class FetchFailure extends Error {
  constructor(
    message: string,
    /** Of http. */
    readonly status?: number,
  ) {
    super(redactCredentials(message));
  }
}

/** A list is a few megabytes at most. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const MAX_FILE_BYTES = 4 * 1024 * 1024 * 1024;

/** curl's exit status -> what it means. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'the name of the proxy cannot be resolved',
  6: 'its name cannot be resolved',
  7: 'it refuses connections',
  18: 'the connection broke in the middle',
  28: 'it does not answer in time',
  35: 'no secure connection to it',
  37: 'there is no such file',
  47: 'it redirects without end',
  52: 'it answers with nothing',
  56: 'the connection broke',
  60: 'its certificate is not trusted',
  63: 'the file is too large',
};

/** Files of the web by curl, which knows proxies, authorities, netrc, redirects, and goes on after a broken connection. */
export class Fetcher {
  constructor(
    private readonly host: Host,
    private readonly network: HostNetwork,
    /** Its user and password, if it has such, are for everything at its origin. */
    private readonly address: string,
  ) {}

  async text(url: string, signal: AbortSignal): Promise<string> {
    const { stdout } = await this.run(url, ['--compressed', '--max-filesize', String(MAX_TEXT_BYTES)], signal);
    return stdout;
  }

  async file(url: string, target: string, signal: AbortSignal): Promise<void> {
    await this.run(url, ['--max-filesize', String(MAX_FILE_BYTES), '--output', target], signal);
  }

  private async run(url: string, args: readonly string[], signal: AbortSignal): Promise<{ readonly stdout: string }> {
    if (signal.aborted) throw cancelled(signal.reason);
    const child = execa('setpriv', ['--pdeathsig', 'KILL', 'curl', ...OPTIONS, ...args, '--config', '-'], {
      ...hostTool,
      env: { ...hostTool.env, ...(await this.environment()) },
      // Not an argument: it may have a password, and arguments are seen by all.
      input: `url = "${quoted(this.withCredentials(url))}"\n`,
      stripFinalNewline: false,
      maxBuffer: MAX_TEXT_BYTES,
    });
    const kill = () => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    const result = await child.finally(() => signal.removeEventListener('abort', kill));
    if (signal.aborted) throw cancelled(signal.reason);
    if (result.exitCode === 127 || result.code === 'ENOENT')
      throw hostUnfit('curl is not installed', 'install it: apt-get install curl', result.cause);
    if (result.exitCode === 0) return { stdout: String(result.stdout) };
    const status = Number(/returned error: (\d+)/.exec(String(result.stderr))?.[1] ?? 0);
    const reason =
      status > 0
        ? `it answers with status ${status}`
        : (REASONS[result.exitCode ?? 0] ?? lastLine(String(result.stderr)));
    throw new FetchFailure(`${url}: ${reason}`, result.exitCode === 37 ? 404 : status || undefined);
  }

  private async environment(): Promise<Record<string, string>> {
    const { env } = await this.network.access();
    const proxies = Object.entries(env).filter(([name]) => /_proxy$/i.test(name));
    const bundle = this.network.authoritiesPath();
    return {
      ...Object.fromEntries(proxies),
      HOME: this.host.home,
      ...(bundle === undefined ? {} : { CURL_CA_BUNDLE: bundle }),
    };
  }

  private withCredentials(url: string): string {
    if (!URL.canParse(url) || !URL.canParse(this.address)) return url;
    const [to, own] = [new URL(url), new URL(this.address)];
    if (to.origin !== own.origin || own.username === '') return url;
    to.username = own.username;
    to.password = own.password;
    return to.href;
  }
}

const OPTIONS = [
  // First, or it does not count: the caller's .curlrc is about other things.
  '--disable',
  '--fail',
  '--silent',
  '--show-error',
  '--location',
  '--max-redirs',
  '10',
  '--proto',
  '=http,https,file',
  '--proto-redir',
  '=http,https',
  '--netrc-optional',
  '--globoff',
  '--connect-timeout',
  '20',
  '--speed-limit',
  '1000',
  '--speed-time',
  '60',
];

/** As a line of a configuration of curl's wants it. */
function quoted(url: string): string {
  return url.replace(/[\r\n]/g, '').replace(/["\\]/g, (character) => `\\${character}`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it cannot be fetched';
}
