import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBytes } from '../../core/process/raw-bytes.js';
import { Collector, isolator, jobIn, PATH, runJob } from './test-support/run.js';
import { makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

describe('streams and statuses of a job', () => {
  let scratch: string;
  let root: string;
  const sh = (script: string, ...args: string[]) => runJob(root, ['sh', '-c', script, ...args]);

  beforeAll(() => {
    scratch = scratchDirectory();
    root = makeTinyRoot(path.join(scratch, 'root'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it.each<[what: string, args: string[], status: number]>([
    ['success', ['true'], 0],
    ['a status of its own', ['sh', '-c', 'exit 42'], 42],
    ['the highest status', ['sh', '-c', 'exit 255'], 255],
    ['a command that is not there', ['nosuch'], 127],
    ['a path that is not there', ['/no/such'], 127],
    ['a file that is no program', ['/etc/passwd'], 126],
    ['a directory', ['/etc'], 126],
    ['TERM to itself', ['sh', '-c', 'kill -TERM $$'], 143],
    ['KILL to itself', ['sh', '-c', 'kill -KILL $$'], 137],
    ['SEGV', ['sh', '-c', 'kill -SEGV $$'], 139],
    ['abort()', ['perl', '-e', 'kill 6, $$; sleep 9'], 134],
  ])('gives the status of a shell: %s', async (_what, args, status) => {
    expect(await runJob(root, args)).toMatchObject({ status, timedOut: false, cancelled: false });
  });

  it('keeps every byte of arguments and variables', async () => {
    const words = ['', ' ', '-x', '--', 'a\nb', `'"\\$(id)\`\`*`, 'ä漢🙂', '\x01\x1b\x7f', 'a'.repeat(100_000)];
    const result = await runJob(root, ['perl', '-e', 'print join "\\0", @ARGV, $ENV{V}', '--', ...words], {
      env: { PATH: '/bin:/usr/bin', V: words.slice(0, -1).join('|') },
    });
    expect(result.stdout.split('\0')).toEqual([...words, words.slice(0, -1).join('|')]);
  });

  it('passes 50 MB both ways unchanged', async () => {
    const data = randomBytes(50 * 1024 * 1024);
    const hash = createHash('sha256');
    let size = 0;
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        size += chunk.length;
        setImmediate(done);
      },
    });
    const exit = await isolator.start({ ...jobIn(root, ['cat']), stdin: Readable.from([data]), stdout }).exit;
    expect(exit.status).toBe(0);
    expect(size).toBe(data.length);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(data).digest('hex'));
  });

  it('keeps standard output and standard error apart, and each in order', async () => {
    const result = await sh('for i in 1 2 3; do echo out$i; echo err$i >&2; done');
    expect(result.stdout).toBe('out1\nout2\nout3\n');
    expect(result.stderr).toBe('err1\nerr2\nerr3\n');
  });

  it('lets a job open /dev/stdin, /dev/stdout and /dev/stderr, also after the end of its input', async () => {
    const result = await runJob(root, ['sh', '-c', 'cat /dev/stdin >/dev/stdout; cat /dev/fd/0; echo e >/dev/stderr'], {
      stdin: Readable.from(['input\n']),
    });
    expect(result).toMatchObject({ stdout: 'input\n', stderr: 'e\n', status: 0 });
  });

  it('has an empty input unless one is given', async () => {
    expect((await sh('cat /dev/stdin; cat; echo end')).stdout).toBe('end\n');
  });

  it('ends although its input stays open and silent, and lets go of it', async () => {
    const stdin = new PassThrough();
    expect((await runJob(root, ['true'], { stdin })).status).toBe(0);
    expect(stdin.destroyed).toBe(false);
    expect(stdin.listenerCount('data')).toBe(0);
  });

  it('survives input that the job does not read', async () => {
    expect((await runJob(root, ['true'], { stdin: Readable.from([Buffer.alloc(5_000_000)]) })).status).toBe(0);
  });

  it('takes an input that has ended, failed or was destroyed as empty', async () => {
    const destroyed = new PassThrough().destroy();
    expect((await runJob(root, ['sh', '-c', 'cat; echo end'], { stdin: destroyed })).stdout).toBe('end\n');
    const failing = new Readable({ read: () => {} });
    setImmediate(() => failing.destroy(new Error('no disk')));
    expect((await runJob(root, ['sh', '-c', 'cat; echo end'], { stdin: failing })).stdout).toBe('end\n');
  });

  it('gives SIGPIPE to a job whose reader went away', async () => {
    const stdout = new PassThrough();
    const job = isolator.start({ ...jobIn(root, ['yes']), stdout });
    stdout.once('data', () => stdout.destroy());
    expect((await job.exit).status).toBe(141);
  });

  it('gives SIGPIPE to a job whose reader fails', async () => {
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    expect((await isolator.start({ ...jobIn(root, ['yes']), stdout }).exit).status).toBe(141);
  });

  it('stops reading from a job while its reader is slow', async () => {
    let received = 0;
    let arrive = (_release: () => void) => {};
    const arrived = new Promise<() => void>((resolve) => {
      arrive = resolve;
    });
    const stdout = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _encoding, done) {
        received += chunk.length;
        if (received > chunk.length) done();
        else arrive(done);
      },
    });
    const stderr = new Collector();
    const job = isolator.start({
      ...jobIn(root, [
        'sh',
        '-c',
        'head -c 1000 /dev/zero; echo first >&2; head -c 3000000 /dev/zero; echo second >&2',
      ]),
      stdout,
      stderr,
    });
    const release = await arrived;
    await stderr.until('first');
    expect(stderr.text).not.toContain('second');
    release();
    expect((await job.exit).status).toBe(0);
    expect(received).toBe(3_001_000);
    expect(stderr.text).toBe('first\nsecond\n');
  });

  it('does not wait for what a job leaves in the background with its output open', async () => {
    const result = await sh('sleep 1000 & (trap "" TERM HUP; setsid sleep 1000) & echo done');
    expect(result).toMatchObject({ stdout: 'done\n', status: 0 });
  });

  it('discards what is to be ignored', async () => {
    const job = isolator.start(jobIn(root, ['sh', '-c', 'head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2']));
    expect((await job.exit).status).toBe(0);
  });

  it('leaves the streams of its caller open', async () => {
    const stdout = new Collector();
    await isolator.start({ ...jobIn(root, ['echo', 'one']), stdout }).exit;
    await isolator.start({ ...jobIn(root, ['echo', 'two']), stdout }).exit;
    expect(stdout.text).toBe('one\ntwo\n');
    expect(stdout.listenerCount('drain') + stdout.listenerCount('error') + stdout.listenerCount('close')).toBe(0);
  });

  it('gets arguments and variables that are not UTF-8 as they are', async () => {
    const bytes = Buffer.of(0xff, 0x27, 0x20, 0xc3, 0x0a, 0x24, 0x80);
    const text = fromBytes(bytes);
    const script = '{ printf "%s." "$1" "$A" "$B" "$0"; cat; } | od -An -v -tx1; exit 7';
    const env = { PATH, A: text, B: 'plain' };
    const result = await runJob(root, ['sh', '-c', script, 'zero', text], { env, stdin: Readable.from(['in']) });
    const expected = Buffer.concat([bytes, Buffer.from('.'), bytes, Buffer.from('.plain.zero.in')]);
    expect(result.stdout.replace(/\s/g, '')).toBe(expected.toString('hex'));
    expect(result.status).toBe(7);
    expect((await runJob(root, [`/no/such${text}`])).status).toBe(127);
  });
});
