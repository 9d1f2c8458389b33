import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../core/contracts/id-map.js';
import type { IsolatedProcess } from '../../core/contracts/isolator.js';
import { findControlGroups } from './control-groups/detect.js';
import { CrunIsolator } from './crun-isolator.js';
import { groupName } from './job-group.js';
import { syscallNumbers } from './syscall-numbers.js';
import { descendants } from './test-support/host-state.js';
import { Collector, isolator, jobIn, paths, runJob } from './test-support/run.js';
import { giveToMappedRoot, makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

const MB = 1024 * 1024;
const disk = { sizeBytes: 32 * MB, inodes: 512 };
const limits = { pids: 64, memoryBytes: 256 * MB };

describe('a job with limits', () => {
  let scratch: string;
  let root: string;
  const job = (script: string, more: Partial<IsolatedProcess> = {}) =>
    runJob(root, ['sh', '-c', script], { limits, disk, ...more });

  beforeAll(() => {
    scratch = scratchDirectory();
    root = makeTinyRoot(path.join(scratch, 'root'));
    writeFileSync(path.join(root, 'etc/secret'), 'for root\n', { mode: 0o600 });
    giveToMappedRoot(root);
    chmodSync(path.join(root, 'etc/secret'), 0o600);
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('owns its files and its work directory, under ids that are no other job’s', async () => {
    const script =
      'stat -c %u /etc /etc/secret /work; cat /etc/secret; echo x >/work/x; stat -c %u /work/x; id -u; cat /proc/self/uid_map';
    const [one, two] = await Promise.all([job(script), job(script)]);
    for (const { stdout, stderr } of [one, two]) {
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^0\n0\n0\nfor root\n0\n0\n/);
    }
    const [first, second] = [one, two].map(({ stdout }) => Number(stdout.trim().split(/\s+/).at(-2)));
    expect(first).toBeGreaterThan(DEFAULT_ID_MAP.hostStart);
    expect(second).toBeGreaterThan(DEFAULT_ID_MAP.hostStart);
    expect(first).not.toBe(second);
  });

  it('says what it used', async () => {
    const { usage, reason } = await job(
      'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; dd if=/dev/zero of=/work/x bs=1M count=4 2>/dev/null',
    );
    expect(reason).toBe('exited');
    expect(usage.cpuMs).toBeGreaterThan(0);
    expect(usage.peakMemoryBytes).toBeGreaterThan(MB);
  });

  it('is ended as a whole when memory runs out', async () => {
    const script = 'sleep 1000 & perl -e \'my $x = "x" x (400 * 1024 * 1024); sleep 1000\'; wait';
    const result = await job(script, { limits: { ...limits, memoryBytes: 64 * MB } });
    expect(result).toMatchObject({ status: 137, reason: 'out-of-memory' });
  });

  it('is not charged for what it writes to its disk', async () => {
    const script =
      'dd if=/dev/zero of=/work/x bs=1M count=150 2>/dev/null; wc -c </work/x; dd if=/dev/zero of=/tmp/x bs=1M count=30 2>/dev/null';
    const result = await job(script, {
      limits: { ...limits, memoryBytes: 48 * MB },
      disk: { sizeBytes: 256 * MB, inodes: 512 },
    });
    expect(result).toMatchObject({ status: 0, stdout: `${150 * MB}\n` });
  });

  it('cannot write more than its disk holds, in bytes or in files', async () => {
    expect(await job('dd if=/dev/zero of=/work/x bs=1M count=64')).toMatchObject({ status: 1, reason: 'disk-full' });
    const files = await job('i=0; while [ $i -lt 1000 ]; do : >/tmp/f$i || exit 7; i=$((i+1)); done');
    expect(files).toMatchObject({ reason: 'disk-full' });
    expect(files.status).not.toBe(0);
  });

  it('cannot start more processes than it may', async () => {
    const script =
      "perl -e 'my $n = 0; while ($n < 200) { my $p = fork; last unless defined $p; if ($p == 0) { sleep 1000 } $n++ } print $n; kill 9, -1'";
    const { stdout } = await job(script, { limits: { ...limits, pids: 40 } });
    expect(Number(stdout)).toBeGreaterThan(20);
    expect(Number(stdout)).toBeLessThan(40);
  });

  it('is ended when it has written more than it may', async () => {
    const stdout = new Collector();
    const exit = await isolator.start({ ...jobIn(root, ['yes']), limits, stdout, outputLimitBytes: MB }).exit;
    expect(exit).toMatchObject({ status: 137, reason: 'output-limit' });
    expect(stdout.bytes.length).toBeGreaterThan(MB);
    expect(stdout.bytes.length).toBeLessThan(3 * MB);
  });

  it('finds what was uploaded, as its own', async () => {
    writeFileSync(path.join(scratch, 'input.txt'), 'hello\n', { mode: 0o600 });
    const archive = execFileSync('tar', ['-c', '-C', scratch, 'input.txt']);
    const result = await job('cat input.txt; stat -c "%u %a" input.txt', {
      disk: { ...disk, upload: Readable.from([archive]) },
    });
    expect(result).toMatchObject({ status: 0, stdout: 'hello\n0 600\n' });
  });

  it('does not start with an upload that does not fit, or is broken', async () => {
    const big = Buffer.alloc(40 * MB);
    writeFileSync(path.join(scratch, 'big'), big);
    const archive = execFileSync('tar', ['-c', '-C', scratch, 'big'], { maxBuffer: 64 * MB });
    await expect(job('echo ran', { disk: { ...disk, upload: Readable.from([archive]) } })).rejects.toMatchObject({
      code: 'E_NOT_STARTED',
    });
    await expect(
      job('echo ran', { disk: { ...disk, upload: Readable.from([archive.subarray(0, 1000)]) } }),
    ).rejects.toMatchObject({ code: 'E_NOT_STARTED' });
  });

  it('leaves its work to be read, where its disk is kept', async () => {
    const kept = path.join(scratch, 'kept.img');
    await job('mkdir a; echo done >a/b; ln -s /etc/shadow l; mkfifo f; echo t >/tmp/t', {
      disk: { ...disk, keepAt: kept },
    });
    const options = { maxFileBytes: disk.sizeBytes, onTooLarge: () => {} };
    const chunks: Buffer[] = [];
    for await (const chunk of isolator.packWork(kept, options)) chunks.push(chunk);
    const listing = execFileSync('tar', ['-tv', '--numeric-owner'], { input: Buffer.concat(chunks), encoding: 'utf8' });
    const names = listing.split('\n').map((line) => line.split(/\s+/).slice(5).join(' '));
    expect(names.sort()).toEqual(['', './', './a/', './a/b', './f', './l -> /etc/shadow']);
    expect(listing).toContain(' 0/0 ');
    await expect(isolator.packWork(path.join(scratch, 'none'), options).toArray()).rejects.toMatchObject({
      code: 'E_NOT_STARTED',
    });
  });

  it('runs as the user that it is to run as', async () => {
    const { stdout } = await job('id -u; id -g; echo x >/work/x; stat -c %u /work/x', {
      user: { uid: 1000, gid: 1000 },
    });
    expect(stdout).toBe('1000\n1000\n1000\n');
  });

  it('leaves to others what the kernel counts by users: inotify, message queues, timers', async () => {
    const number = (name: string) => syscallNumbers().get(name)?.[process.arch === 'arm64' ? 'arm64' : 'x86_64'];
    const useUp = [
      `1 while syscall(${number('inotify_init1')}, 0) >= 0`,
      `for (1..1000) { $n++ if syscall(${number('mq_open')}, "q$_", 66, 384, 0) >= 0 }`,
      `$id = pack("i", 0); for (1..200000) { last if syscall(${number('timer_create')}, 1, 0, $id) < 0 }`,
    ].join('; ');
    const use = [
      `print "inotify " if syscall(${number('inotify_init1')}, 0) >= 0`,
      `$q = "q"; print "queue " if syscall(${number('mq_open')}, $q, 66, 384, 0) >= 0`,
      `$id = pack("i", 0); print "timer" if syscall(${number('timer_create')}, 1, 0, $id) == 0`,
    ].join('; ');
    const stdout = new Collector();
    const command = ['perl', '-e', `$| = 1; ${useUp}; print "$n queues, used up"; sleep 1000`];
    const greedy = isolator.start({ ...jobIn(root, command), limits, disk, stdout });
    await stdout.until('used up');
    expect(stdout.text).toMatch(/^[1-9]/);
    expect(await runJob(root, ['perl', '-e', use], { limits, disk })).toMatchObject({
      stdout: 'inotify queue timer',
    });
    greedy.kill('SIGKILL');
    await greedy.exit;
  });

  it('leaves no group, disk or image', async () => {
    const { stdout } = await job('echo x >/work/x; cat /proc/self/uid_map; exit 3');
    expect(readdirSync(path.dirname(paths.disk('x')))).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(paths.root);
    const index = (Number(stdout.trim().split(/\s+/)[1]) - DEFAULT_ID_MAP.hostStart) / DEFAULT_ID_MAP.size;
    // Another job of this machine may have taken the number since; not for long.
    while (await findControlGroups().find(groupName(index))) await setImmediate();
  });

  it('starts in a sandbox that was prepared for it, where one is kept', async () => {
    const script = 'pwd; echo x >/work/x; ls /work /tmp; cat /proc/self/uid_map; stat -c %u /etc/secret /work';
    const kept = new CrunIsolator({ env: {}, home: '/root', now: () => new Date() }, DEFAULT_ID_MAP, paths);
    const run = () => runJob(root, ['sh', '-c', script], { limits, disk }, kept);
    await kept.keepReady(1);
    const seen = [];
    for (let count = 0; count < 3; count++) {
      seen.push(await run());
      // What is prepared after a job has a process of its own, that waits.
      while (descendants(process.pid).length === 0) await setImmediate();
    }
    for (const { status, stdout } of seen) {
      expect(status).toBe(0);
      expect(stdout).toMatch(/^\/work\n\/tmp:\n\n\/work:\nx\n\s+0 +\d+ +65536\n0\n0\n$/);
    }
    await kept.keepReady(0);
    expect(descendants(process.pid)).toEqual([]);
  });
});
