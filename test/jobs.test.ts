import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { expectNoNewProcess, expectNothingLeft, processIds } from './support/host-state.js';
import { rnx, rnxPath } from './support/rnx.js';
import { configOf, restoreConfig } from './support/store-config.js';

const store = inject('store');

interface Status {
  readonly uuid: string;
  readonly status: string;
  readonly reason: string;
  readonly error: string;
  readonly exitCode: number;
  readonly environment: Record<string, string>;
}

async function json<T>(...args: string[]): Promise<T> {
  const result = await rnx([...args, '--json']);
  expect(result.exitCode, `${result.stdout}${result.stderr}`).toBe(0);
  const document: T = JSON.parse(String(result.stdout));
  return document;
}

/** Starts a detached job; resolves with its ID. */
async function submit(flags: readonly string[], ...command: string[]): Promise<string> {
  const result = await rnx(['job', 'run', '-d', ...flags, ...command]);
  expect(result.exitCode, String(result.stderr)).toBe(0);
  return /^ID: (\S+)$/m.exec(String(result.stdout))?.[1] ?? '';
}

const statusOf = (id: string) => json<Status>('job', 'status', id);
const waitFor = (id: string) => json<Status>('job', 'wait', id);
const shell = (script: string): [string, string, string] => ['sh', '-c', script];

/** Resolves when the log of a job has this. */
async function logged(id: string, text: string): Promise<void> {
  const following = rnx(['job', 'log', id]);
  for await (const chunk of following.stdout ?? []) if (String(chunk).includes(text)) break;
  following.kill();
  await following;
}

/** Processes that a record names. */
function recorded(id: string): { owner: { pid: number }; process: { pid: number } } {
  return JSON.parse(readFileSync(path.join(store, 'jobs', id, 'record.json'), 'utf8'));
}

// None of these names a runtime: they run in the minimal root, which the first one makes.
describe('jobs', () => {
  let before: ReadonlySet<number>;

  beforeAll(async () => {
    const first = await rnx(['job', 'run', 'sh', '-c', 'cat /etc/debian_version; echo $HOME; grep ^root: /etc/passwd']);
    expect(first.exitCode, String(first.stderr)).toBe(0);
    expect(first.stdout).toMatch(/^\d+\.\d+\n\/work\nroot:x:0:0:root:\/work:/);
    before = processIds();
  });
  afterAll(() => restoreConfig(store));

  it('say what scripts of the Joblet world read when they are submitted, and go on when rnx has ended', async () => {
    const result = await rnx(['job', 'run', '-e', 'A=1', ...shell('echo begun; sleep 1; echo done')], {
      env: { RNX_DETACH: '1' },
    });
    const lines = String(result.stdout).split('\n');
    const id = lines[1]?.replace('ID: ', '') ?? '';
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(lines).toEqual([
      'Job submitted:',
      `ID: ${id}`,
      'Command: sh -c echo begun; sleep 1; echo done',
      'Status: RUNNING',
      'Environment: 1 variables set',
      '',
    ]);
    const log = await rnx(['job', 'log', id.slice(0, 8)]);
    expect(log.stdout).toBe('begun\ndone\n');
    expect(await waitFor(id)).toMatchObject({ status: 'COMPLETED', exitCode: 0, reason: 'exited' });
    const list = await rnx(['job', 'list']);
    const row = String(list.stdout)
      .split('\n')
      .find((line) => line.startsWith(id));
    expect(String(list.stdout).split('\n')[0]).toMatch(/^ID +NODE ID +STATUS +START TIME +COMMAND$/);
    expect(row?.split(/ +/)[2]).toBe('COMPLETED');
  });

  it.each<[state: string, flags: string[], script: string, expected: Partial<Status>]>([
    ['COMPLETED', [], 'exit 0', { exitCode: 0, reason: 'exited' }],
    ['FAILED', [], 'exit 7', { exitCode: 7, reason: 'exited' }],
    ['FAILED', [], 'kill -TERM $$', { exitCode: 143, reason: 'signalled' }],
    ['TIMEOUT', ['--timeout=1s'], 'sleep 1000', { exitCode: 124, reason: 'timed-out' }],
    ['FAILED', ['--max-output=1'], 'yes', { reason: 'output-limit' }],
    [
      'FAILED',
      ['--max-memory=32'],
      'sh -c "x=a; while :; do x=\\$x\\$x; done"; sleep 1000',
      { reason: 'out-of-memory' },
    ],
    ['FAILED', ['--max-disk=4'], 'head -c 8M /dev/zero >/work/x', { reason: 'disk-full' }],
    ['FAILED', ['--workdir=/nowhere'], 'true', { reason: 'not-started' }],
  ])('end as %s with %j: %s', async (state, flags, script, expected) => {
    expect(await waitFor(await submit(flags, ...shell(script)))).toMatchObject({ status: state, ...expected });
  });

  it('have a record in the foreground too, and say why they ended', async () => {
    const result = await rnx(['job', 'run', '--stats', '--name=mine', ...shell('echo out; printf err >&2; exit 3')]);
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out\n' });
    expect(result.stderr).toMatch(/^errJob: +\S+\nEnded: +exited \(status 3\)\nWall time: /);
    const id = /Job: +(\S+)/.exec(String(result.stderr))?.[1] ?? '';
    expect(await statusOf(id)).toMatchObject({ status: 'FAILED', exitCode: 3, name: 'mine' });
    expect(await rnx(['job', 'log', id])).toMatchObject({ stdout: 'out\n', stderr: 'err' });
    const late = await rnx(['job', 'run', '--timeout=1s', 'sleep', '1000']);
    expect(late).toMatchObject({ exitCode: 124, stderr: 'Error: the job ran past its timeout of 1s\n' });
  });

  it('are one JSON document, output included, with --json', async () => {
    const result = await rnx(['--json', 'job', 'run', ...shell('echo out; echo err >&2; exit 3')]);
    expect(result.exitCode).toBe(3);
    expect(JSON.parse(String(result.stdout))).toMatchObject({
      exit_code: 3,
      reason: 'exited',
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('keep every byte of both outputs in their logs, and give it to those who follow', async () => {
    const script = [
      'sleep 0.3',
      'head -c 10000000 /dev/urandom | tee /work/a',
      'head -c 5000000 /dev/urandom | tee /work/b >&2',
      'seq 1 700000 | tee -a /work/a',
      'cat /work/a | sha256sum >/work/sums; cat /work/b | sha256sum >>/work/sums',
      'cut -c-64 /work/sums',
    ].join('; ');
    const id = await submit(['--max-disk=200'], ...shell(script));
    const log = await execa('node', [rnxPath, 'job', 'log', id], {
      encoding: 'buffer',
      stripFinalNewline: false,
      env: { JOBLET_ROOT: store },
      maxBuffer: 64 * 2 ** 20,
    });
    const stdout = Buffer.from(log.stdout);
    // The two sums that the job made of what it wrote come last.
    const sums = stdout.subarray(-130).toString().trim().split('\n');
    const sumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect([sumOf(stdout.subarray(0, -130)), sumOf(log.stderr)]).toEqual(sums);
    const again = await execa('node', [rnxPath, 'job', 'log', '--no-follow', id], {
      encoding: 'buffer',
      stripFinalNewline: false,
      env: { JOBLET_ROOT: store },
      maxBuffer: 64 * 2 ** 20,
    });
    expect(Buffer.compare(Buffer.from(again.stdout), stdout)).toBe(0);
  });

  it('show the end of a log, with times where they are wanted', async () => {
    const id = await submit([], ...shell('seq 1 100; printf end'));
    await waitFor(id);
    expect((await rnx(['job', 'log', '--tail=3', id])).stdout).toBe('99\n100\nend');
    const timed = await rnx(['job', 'log', '--no-follow', '--tail', '2', '--timestamps', id]);
    expect(timed.stdout).toMatch(/^\d{4}-\d\d-\d\dT\S+ 100\n\d{4}-\d\d-\d\dT\S+ end$/);
  });

  it('are stopped with TERM, then KILL, wherever they were started', async () => {
    const polite = await submit([], ...shell('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.1; done'));
    await logged(polite, 'up');
    expect((await rnx(['job', 'stop', polite])).exitCode).toBe(0);
    expect(await statusOf(polite)).toMatchObject({ status: 'STOPPED', exitCode: -1 });
    expect((await rnx(['job', 'log', polite])).stdout).toBe('up\nbye\n');

    const foreground = rnx(['job', 'run', ...shell('trap "" TERM; echo up; while :; do sleep 0.1; done')]);
    for await (const chunk of foreground.stdout ?? []) if (String(chunk).includes('up')) break;
    const running = (await json<{ id: string; status: string }[]>('job', 'list')).find(
      (one) => one.status === 'RUNNING',
    );
    expect((await rnx(['job', 'stop', running?.id ?? ''])).exitCode).toBe(0);
    expect((await foreground).exitCode).toBe(137);
    expect(await statusOf(running?.id ?? '')).toMatchObject({ status: 'STOPPED', exitCode: -1 });
    expect(await rnx(['job', 'stop', polite])).toMatchObject({ exitCode: 10 });
  });

  it('whose rnx was killed are known as lost, with nothing left of them', async () => {
    const rnxProcess = rnx(['job', 'run', ...shell('echo up; sleep 1000')]);
    for await (const chunk of rnxProcess.stdout ?? []) if (String(chunk).includes('up')) break;
    const [running] = (await json<{ id: string; status: string }[]>('job', 'list')).filter(
      ({ status }) => status === 'RUNNING',
    );
    rnxProcess.kill('SIGKILL');
    await rnxProcess;
    expect(await statusOf(running?.id ?? '')).toMatchObject({
      status: 'FAILED',
      reason: 'lost',
      error: 'rnx was ended before the job',
    });
    await expectNoNewProcess(before, store);
  });

  it('end when their monitor is killed, and say so', async () => {
    const id = await submit([], ...shell('echo up; sleep 1000'));
    await logged(id, 'up');
    process.kill(recorded(id).owner.pid, 'SIGKILL');
    expect(await waitFor(id)).toMatchObject({
      status: 'FAILED',
      reason: 'lost',
      error: 'the monitor of the job was ended before the job',
    });
    await expectNoNewProcess(before, store);
  });

  it('tell the truth after a crash of the host', async () => {
    const id = await submit([], 'true');
    await waitFor(id);
    const file = path.join(store, 'jobs', id, 'record.json');
    const record = JSON.parse(readFileSync(file, 'utf8'));
    const bootId = '00000000-0000-4000-8000-000000000000';
    const owner = { ...record.owner, bootId, pid: process.pid };
    writeFileSync(file, JSON.stringify({ ...record, state: 'RUNNING', owner, process: owner }));
    expect(await statusOf(id)).toMatchObject({ status: 'FAILED', error: 'the host went down while the job ran' });
  });

  it('never show a secret', async () => {
    // Unlike what any other run on this machine has in its command lines.
    const hidden = `hidden${randomUUID().slice(0, 8)}`;
    const script = 'echo "$PLAIN" $(echo "$S1/$S2/$MY_TOKEN" | tr a-z A-Z)';
    const flags = ['-e', 'PLAIN=plain', '-s', `S1=${hidden}1`, '-s', 'S2', '-e', `MY_TOKEN=${hidden}3`];
    const result = await rnx(['job', 'run', '-d', ...flags, ...shell(`${script}; sleep 1000`)], {
      env: { S2: `${hidden}2` },
    });
    const id = /^ID: (\S+)$/m.exec(String(result.stdout))?.[1] ?? '';
    await logged(id, ['plain', [1, 2, 3].map((n) => `${hidden}${n}`.toUpperCase()).join('/')].join(' '));
    const processes = await execa('ps', ['-eo', 'args', '-ww']);
    const status = await rnx(['job', 'status', id]);
    const document = await statusOf(id);
    await rnx(['job', 'stop', id]);
    expect(document.environment).toEqual({ PLAIN: 'plain', S1: '***', S2: '***', MY_TOKEN: '***' });
    const found = await execa('grep', ['-r', hidden, path.join(store, 'jobs')], { reject: false });
    for (const text of [String(status.stdout), processes.stdout, found.stdout]) expect(text).not.toContain(hidden);
  });

  it('fit into their limits without being told', async () => {
    const script = 'nproc; echo $NODE_OPTIONS; echo $JAVA_TOOL_OPTIONS; echo $GOMAXPROCS';
    const result = await rnx([
      'job',
      'run',
      '--max-cpu=50',
      '--max-memory=100',
      '-e',
      'GOMAXPROCS=7',
      ...shell(script),
    ]);
    expect(result.stdout).toMatch(/^1\n--max-old-space-size=75\n.*-XX:MaxRAM=104857600\n7\n$/);
  });

  it('are held to the configuration of their store', async () => {
    const file = configOf(store);
    writeFileSync(file, 'run: {detach: true}\ndefaults: {max_memory: 64MB}\nceilings: {max_memory: 128MB}\n');
    try {
      const submitted = await rnx(['job', 'run', 'true']);
      expect(submitted.stdout).toMatch(/^Job submitted:\nID: /);
      const id = /^ID: (\S+)$/m.exec(String(submitted.stdout))?.[1] ?? '';
      expect(await waitFor(id)).toMatchObject({ status: 'COMPLETED', maxMemory: 64 });
      const refused = await rnx(['job', 'run', '--no-detach', '--max-memory=129', 'true']);
      expect(refused.exitCode).toBe(125);
      expect(refused.stderr).toContain("--max-memory 129 MB is above this store's ceiling of 128 MB");
      const network = await rnx(['job', 'run', '--network=host', 'true']);
      expect(network.stderr).toContain('network.allow_host: true');
      writeFileSync(file, 'ceilings:\n  max_memroy: 1GB\n');
      expect((await rnx(['job', 'list'])).exitCode).toBe(0);
      expect((await rnx(['job', 'run', 'true'])).stderr).toMatch(/config\.yml:2:3: error: .*unknown key/);
    } finally {
      restoreConfig(store);
    }
  });

  it('are deleted when they have ended, one by one or all at once', async () => {
    const running = await submit([], 'sleep', '1000');
    const ended = await submit([], 'true');
    await waitFor(ended);
    expect((await rnx(['job', 'delete', running])).exitCode).toBe(10);
    expect((await rnx(['job', 'delete', ended])).exitCode).toBe(0);
    expect((await rnx(['job', 'status', ended])).exitCode).toBe(9);
    expect(existsSync(path.join(store, 'jobs', ended))).toBe(false);
    await rnx(['job', 'run', 'true']);
    expect(await json('system', 'prune')).toMatchObject({ success: true, jobs: 0 });
    expect(await json('job', 'delete-all')).toMatchObject({ success: true, skipped_count: 1 });
    expect(readdirSync(path.join(store, 'jobs'))).toEqual([running]);
    await rnx(['job', 'stop', running]);
    expect(await json<{ jobs: number }>('system', 'prune', '--all')).toMatchObject({ jobs: 1 });
    expect((await rnx(['job', 'list'])).stdout).toBe('No jobs found\n');
    expect((await rnx(['job', 'run', 'true'])).exitCode).toBe(0);
  });

  it('cost little while they run detached, and leave nothing behind', async () => {
    const id = await submit([], 'sleep', '1000');
    const { owner, process: launcher } = recorded(id);
    const below = (pid: number): number[] =>
      readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    const tree = (pid: number): number[] => [pid, ...below(pid).flatMap(tree)];
    const name = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    await expect.poll(() => tree(launcher.pid).map(name), { timeout: 60_000 }).toContain('init');
    // What belongs to the job itself begins with its init.
    const ours = [...new Set([owner.pid, ...tree(launcher.pid)])].filter((pid) => !isBelowInit(pid));
    const pss = ours.map((pid) =>
      Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
    );
    expect(pss.reduce((sum, kilobytes) => sum + kilobytes, 0)).toBeLessThan(8 * 1024);
    await rnx(['job', 'stop', id]);
    await rnx(['job', 'delete', id]);
    await expectNothingLeft(before, store);
  });
});

/** In the job's own PID namespace, one below the launcher's. */
function isBelowInit(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (/^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t').length ?? 1) > 2;
}
