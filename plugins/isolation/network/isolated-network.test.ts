import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import { descendants, eventually, isGone } from '../test-support/host-state.js';
import { Collector, isolator, jobIn, runJob } from '../test-support/run.js';
import { giveToMappedRoot, makeTinyRoot, scratchDirectory } from '../test-support/tiny-root.js';
import { checkIsolatedNetwork, isolatedNetworkSteps } from './isolated-network.js';

const isolated = { network: 'isolated' } as const;

/** Connects within three seconds, by an interface or by the routes; prints how it went. */
const CONNECT = `
use Socket;
my ($host, $port, $interface) = @ARGV;
socket(my $s, AF_INET, SOCK_STREAM, 0) or die;
if ($interface) { setsockopt($s, SOL_SOCKET, 25, $interface) or die "bind: $!"; }
$SIG{ALRM} = sub { print "silence"; exit };
alarm 3;
print connect($s, pack("Sna4x8", AF_INET, $port, inet_aton($host))) ? "connected" : "refused: $!";
`.replace(
  /use Socket;/,
  'sub AF_INET {2} sub SOCK_STREAM {1} sub SOL_SOCKET {1} sub inet_aton { pack "C4", split /\\./, shift }',
);

describe('an isolated network', () => {
  let scratch: string;
  let root: string;
  let server: Server;
  let port: number;
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  const connect = async (...args: string[]) =>
    (await runJob(root, ['perl', '-e', CONNECT, '--', ...args], isolated)).stdout;

  beforeAll(async () => {
    scratch = scratchDirectory();
    chmodSync(scratch, 0o755);
    root = makeTinyRoot(path.join(scratch, 'root'));
    writeFileSync(path.join(root, 'etc/resolv.conf'), '');
    giveToMappedRoot(root);
    server = createServer((socket) => socket.end()).listen(0, '0.0.0.0');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    server.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('has a way out', async () => {
    const { status, stdout, stderr } = await runJob(root, ['sh', '-c', 'ip -o -4 addr; ip route'], isolated);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/inet 10\.0\.2\.100\/24/);
    expect(stdout).toMatch(/default via 10\.0\.2\.2 dev tap0/);
  });

  it("does not reach the host, by its own addresses, by the gateway, or by the resolver's other ports", async () => {
    expect(own.length).toBeGreaterThan(0);
    for (const address of [...own, '10.0.2.2', '10.0.2.3', '127.0.0.1', '0.0.0.0']) {
      expect(await connect(address, String(port)), address).not.toBe('connected');
    }
  });

  it('does not reach the host where a program names the interface and goes past the routes', async () => {
    for (const address of own) expect(await connect(address, String(port), 'tap0'), address).not.toBe('connected');
  });

  it('does not reach link-local addresses, where clouds keep credentials', async () => {
    expect(await connect('169.254.169.254', '80')).toMatch(/^refused/);
  });

  it('works for a job with limits, whose files have owners of their own range', async () => {
    const limited = { ...isolated, limits: { pids: 64 } };
    const { status, stdout, stderr } = await runJob(root, ['sh', '-c', 'ip route; cat /etc/resolv.conf'], limited);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^default via 10\.0\.2\.2 dev tap0[\s\S]*nameserver 10\.0\.2\.3\n$/);
  });

  it('cannot change its routes, having no power over its network', async () => {
    const { status, stderr } = await runJob(root, ['ip', 'route', 'del', 'blackhole', '169.254.0.0/16'], isolated);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/not permitted/);
    const { stdout } = await runJob(
      root,
      ['sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward || echo closed'],
      isolated,
    );
    expect(stdout).toBe('closed\n');
  });

  it('has no IPv6 but its loopback', async () => {
    expect((await runJob(root, ['cat', '/proc/net/if_inet6'], isolated)).stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/ lo$/),
    ]);
  });

  it('names its resolver, and lets a program that runs as root bind port 80', async () => {
    expect((await runJob(root, ['cat', '/etc/resolv.conf'], isolated)).stdout).toBe('nameserver 10.0.2.3\n');
    const bind = 'socket(S, 2, 1, 0); print bind(S, pack("Sna4x8", 2, 80, "\\0\\0\\0\\0")) ? "bound" : $!';
    expect((await runJob(root, ['perl', '-e', bind], isolated)).stdout).toBe('bound');
  });

  it('does not reach another isolated job, which has the same address', async () => {
    const stdout = new Collector();
    const serve =
      'socket(S, 2, 1, 0); bind(S, pack("Sna4x8", 2, 7000, "\\0\\0\\0\\0")) or die; listen(S, 5); $|=1; print "up\\n"; accept(A, S); print "visited\\n"';
    const other = isolator.start({ ...jobIn(root, ['perl', '-e', serve]), ...isolated, stdout });
    await stdout.until('up');
    for (const address of ['10.0.2.100', '10.0.2.2', ...own]) {
      expect(await connect(address, '7000'), address).not.toBe('connected');
    }
    other.kill('SIGKILL');
    await other.exit;
    expect(stdout.text).toBe('up\n');
  });

  it('is served by a process that is no one on the host, in an empty root, and ends with the job', async () => {
    const stdout = new Collector();
    const job = isolator.start({ ...jobIn(root, ['sh', '-c', 'echo up; sleep 1000']), ...isolated, stdout });
    await stdout.until('up');
    const servers = () => descendants(process.pid).filter((pid) => commandName(pid) === 'slirp4netns');
    // Its first child only sets the interface up.
    await eventually(() => servers().length === 1);
    const [server = ''] = servers();
    const status = readFileSync(`/proc/${server}/status`, 'utf8');
    const id = DEFAULT_ID_MAP.hostStart + DEFAULT_ID_MAP.size - 1;
    expect(status).toMatch(new RegExp(`^Uid:\\s+${id}\\s+${id}\\s+${id}\\s+${id}$`, 'm'));
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    job.kill('SIGKILL');
    await job.exit;
    await eventually(() => isGone(server));
  });

  it("leaves the host's routes and rules as they were", async () => {
    const state = () => [['-4', 'route', 'show', 'table', 'all'], ['rule']].map((args) => execaSync('ip', args).stdout);
    const before = state();
    await runJob(root, ['true'], isolated);
    expect(state()).toEqual(before);
  });
});

/** Empty when the process is gone. */
function commandName(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

describe('what closes the host to an isolated network', () => {
  const host = (resolver: string) => ({
    ownPrefixes: ['127.0.0.0/8', '192.0.2.7/32', '198.51.100.0/24'],
    resolverConfiguration: `search example.org\nnameserver ${resolver}\n`,
  });

  it('is a route to nowhere for each of its prefixes, loopback aside, which is the namespace’s own', () => {
    const [step, lines, id] = isolatedNetworkSteps({ hostStart: 1_000_000, size: 65_536 }, host('203.0.113.1'));
    expect(step).toBe('isolated-network');
    expect(id).toBe('1065535');
    expect(lines?.split('\n').filter((line) => line.startsWith('route'))).toEqual([
      'route add blackhole 169.254.0.0/16',
      'route add blackhole 192.0.2.7/32',
      'route add blackhole 198.51.100.0/24',
    ]);
  });

  it('leaves name service out where the host resolves by an address of its own', () => {
    const steps = (resolver: string) => isolatedNetworkSteps(DEFAULT_ID_MAP, host(resolver))[0];
    expect(steps('127.0.0.53')).toBe('isolated-network');
    expect(steps('198.51.100.53')).toBe('isolated-network-without-names');
  });

  it('needs slirp4netns and ip', () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'joblet-path-'));
    expect(() => checkIsolatedNetwork([empty])).toThrow(/slirp4netns and ip, not found/);
    rmSync(empty, { recursive: true });
  });
});
