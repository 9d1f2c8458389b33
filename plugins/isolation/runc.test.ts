import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../core/contracts/id-map.js';
import { CrunIsolator } from './crun-isolator.js';
import { findHostTools } from './host-tools.js';
import { Collector, jobIn, paths } from './test-support/run.js';
import { makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

const runc = execaSync('which', ['runc']).stdout;

class RuncIsolator extends CrunIsolator {
  protected override tools() {
    return { ...findHostTools(undefined), runtime: { kind: 'runc' as const, path: runc } };
  }
}

describe('a job under runc', () => {
  let scratch: string;
  let root: string;
  const isolator = new RuncIsolator({ env: {}, home: '/root', now: () => new Date() }, DEFAULT_ID_MAP, paths);

  beforeAll(() => {
    scratch = scratchDirectory();
    root = makeTinyRoot(path.join(scratch, 'root'));
    writeFileSync(path.join(root, 'etc/resolv.conf'), '');
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('is isolated as under crun', async () => {
    const stdout = new Collector();
    const script =
      'id -u; touch /x 2>/dev/null || echo read-only; grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status; ' +
      'cat /dev/stdin; ls /sys/fs 2>/dev/null; ls /proc/sys/net/ipv4/conf; exit 5';
    const binds = [{ hostPath: '/etc/hostname', rootPath: '/run/hostname' }];
    const exit = await isolator.start({ ...jobIn(root, ['sh', '-c', script]), stdout, binds }).exit;
    expect(stdout.text.replace(/\t/g, ' ')).toBe(
      '0\nread-only\nCapEff: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2\nall\ndefault\nlo\n',
    );
    expect(exit.status).toBe(5);
  });

  it('gets signals, and ends when it is cancelled', async () => {
    const controller = new AbortController();
    const stdout = new Collector();
    const script = 'trap "echo caught" TERM; echo running; while :; do sleep 0.05; done';
    const job = isolator.start({ ...jobIn(root, ['sh', '-c', script]), stdout, signal: controller.signal });
    await stdout.until('running');
    job.kill('SIGTERM');
    await stdout.until('caught');
    controller.abort();
    expect(await job.exit).toMatchObject({ status: 137, cancelled: true });
  });

  it('joins an isolated network', async () => {
    const stdout = new Collector();
    await isolator.start({ ...jobIn(root, ['ip', 'route']), network: 'isolated', stdout }).exit;
    expect(stdout.text).toMatch(/^default via 10\.0\.2\.2 dev tap0/);
  });
});
