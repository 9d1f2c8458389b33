import { describe, expect, it } from 'vitest';
import { FakeBuilder } from '../../test-support/fake-builder.js';
import { FakeJobs, JOB_ID, jobRecord } from '../../test-support/fake-jobs.js';
import { runCommand } from '../../test-support/run-command.js';
import SystemPrune from '../system/prune.js';
import JobDeleteAll from './delete-all.js';
import JobList from './list.js';
import JobLog from './log.js';
import JobMetrics from './metrics.js';
import JobRun from './run.js';
import JobStatus from './status.js';
import JobStop from './stop.js';
import JobWait from './wait.js';

const RUNTIME = '--runtime=python-3.11-ml';

describe('rnx job run --detach', () => {
  it('prints the lines that scripts read, and has the job settled by this program', async () => {
    const jobs = new FakeJobs();
    const ran = await runCommand(JobRun, ['-d', '--root=/srv/x', RUNTIME, '-e', 'A=1', '--', 'python', '-c', '1'], {
      jobs,
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toBe(
      `Job submitted:\nID: ${JOB_ID}\nCommand: python -c print(1)\nStatus: RUNNING\nEnvironment: 2 variables set\n`,
    );
    expect(jobs.started[0]).toMatchObject({ args: ['python', '-c', '1'], env: { A: '1' } });
    expect(jobs.atEnd).toEqual(['/usr/bin/node', '/opt/rnx.js', 'job', 'settle', '--root=/srv/x', '--']);
  });

  it('is chosen by the flag, then by the environment, then by the configuration', async () => {
    const detached = async (argv: string[], env: Record<string, string>, detach: boolean) => {
      const jobs = new FakeJobs();
      jobs.settings = { ...jobs.settings, run: { ...jobs.settings.run, detach } };
      await runCommand(JobRun, [...argv, RUNTIME, '--', 'x'], { jobs, env });
      return jobs.started.length === 1;
    };
    expect(await detached([], {}, false)).toBe(false);
    expect(await detached([], {}, true)).toBe(true);
    expect(await detached([], { RNX_DETACH: '0' }, true)).toBe(false);
    expect(await detached([], { RNX_DETACH: '1' }, false)).toBe(true);
    expect(await detached(['--no-detach'], { RNX_DETACH: '1' }, true)).toBe(false);
  });

  it('is one document with --json', async () => {
    const { stdout } = await runCommand(JobRun, ['--json', '-d', RUNTIME, '--', 'x']);
    expect(JSON.parse(stdout)).toEqual({
      job_uuid: JOB_ID,
      command: 'python',
      args: ['-c', 'print(1)'],
      status: 'RUNNING',
      schedule: '',
    });
  });
});

describe('secrets on the command line of rnx job run', () => {
  it('come from the environment of rnx, or from the line itself', async () => {
    const jobs = new FakeJobs();
    await runCommand(JobRun, [RUNTIME, '-s', 'S1', '--secret-env=S2=a=b', '--', 'x'], { jobs, env: { S1: 'hidden' } });
    expect(jobs.ran[0]?.secretEnv).toEqual({ S1: 'hidden', S2: 'a=b' });
  });

  it('are not repeated by an error', async () => {
    const unset = await runCommand(JobRun, [RUNTIME, '-s', 'S1', '--', 'x']);
    expect(unset).toMatchObject({ status: 125, stdout: '' });
    expect(unset.stderr).toContain('Error: --secret-env S1: this variable is not set');
    const nameless = await runCommand(JobRun, [RUNTIME, '-s', '=hidden', '--', 'x']);
    expect(nameless.stderr).not.toContain('hidden');
  });
});

describe('limits on the command line of rnx job run', () => {
  it('reach the job in the words of a program', async () => {
    const jobs = new FakeJobs();
    const flags = ['--max-cpu=150', '--max-memory=2G', '--max-iobps', '10M', '--cpu-cores=0-3', '--max-pids=10'];
    await runCommand(JobRun, [RUNTIME, ...flags, '--network=isolated', '--user=1000', '--timeout=1m', '--', 'x'], {
      jobs,
    });
    expect(jobs.ran[0]).toMatchObject({
      maxCpu: 150,
      maxMemory: '2G',
      maxIobps: '10M',
      cpuCores: '0-3',
      maxPids: 10,
      network: 'isolated',
      user: '1000',
      timeoutMs: 60_000,
    });
  });

  it.each([
    ['--max-cpu=half', 'Error: --max-cpu half: not a whole number'],
    ['--network=bridge', 'Error: --network bridge: there is no such network'],
    ['--timeout=5', 'Error: --timeout 5: no duration'],
  ])('are refused: %s', async (flag, message) => {
    const { status, stderr } = await runCommand(JobRun, [RUNTIME, flag, '--', 'x']);
    expect({ status, line: stderr.split('\n')[0] }).toMatchObject({ status: 125, line: message });
  });
});

describe('rnx job', () => {
  it('lists jobs in columns whose third is the state', async () => {
    const { stdout } = await runCommand(JobList, []);
    const [head, row] = stdout.split('\n');
    expect(head).toMatch(/^ID +NODE ID +STATUS +START TIME +COMMAND$/);
    expect(row?.split(/ +/).slice(0, 4)).toEqual([JOB_ID, '-', 'COMPLETED', '2026-01-02T03:04:05Z']);
    const none = new FakeJobs();
    none.records = [];
    expect((await runCommand(JobList, [], { jobs: none })).stdout).toBe('No jobs found\n');
    expect(JSON.parse((await runCommand(JobList, ['--json'])).stdout)).toEqual([
      expect.objectContaining({ id: JOB_ID, status: 'COMPLETED', exit_code: 0, max_cpu: 50, max_memory: 128 }),
    ]);
  });

  it('shows a job with the lines that scripts read', async () => {
    const { stdout } = await runCommand(JobStatus, ['6f9619ff']);
    for (const line of [
      `Job ID: ${JOB_ID}`,
      'Status: COMPLETED',
      'Duration: 2.0s',
      'Max CPU: 50%',
      'Max Memory: 128 MB',
      'Exit Code: 0',
      '  API_TOKEN=***',
    ]) {
      expect(stdout.split('\n')).toContain(line);
    }
    const document = JSON.parse((await runCommand(JobStatus, ['--json', JOB_ID])).stdout);
    expect(document).toMatchObject({
      uuid: JOB_ID,
      status: 'COMPLETED',
      exitCode: 0,
      environment: { API_TOKEN: '***' },
    });
  });

  it('shows nothing of a command that could move the cursor', async () => {
    const jobs = new FakeJobs();
    jobs.records = [jobRecord({ args: ['\u001b[2J\nSTATUS'] })];
    const { stdout } = await runCommand(JobList, [], { jobs });
    expect(stdout).not.toContain('\u001b');
    expect(stdout.split('\n')).toHaveLength(3);
  });

  it('writes a log to the two streams that it came from', async () => {
    const jobs = new FakeJobs();
    const time = '2026-01-02T03:04:05.000000000+00:00';
    jobs.entries = [
      { time, output: 'stdout', bytes: Buffer.from('a') },
      { time, output: 'stderr', bytes: Buffer.from('w\n') },
      { time, output: 'stdout', bytes: Buffer.from('b\n') },
    ];
    expect(await runCommand(JobLog, [JOB_ID], { jobs })).toMatchObject({ stdout: 'ab\n', stderr: 'w\n' });
    const timed = await runCommand(JobLog, ['-t', JOB_ID], { jobs });
    expect(timed).toMatchObject({ stdout: `${time} ab\n`, stderr: `${time} w\n` });
    expect(JSON.parse((await runCommand(JobLog, ['--json', JOB_ID], { jobs })).stdout)).toHaveLength(3);
    expect((await runCommand(JobLog, ['--tail=x', JOB_ID], { jobs })).stderr).toContain(
      '--tail x: not a number of lines',
    );
  });

  it('waits, stops, measures and deletes', async () => {
    const jobs = new FakeJobs();
    expect((await runCommand(JobWait, [JOB_ID], { jobs })).stdout).toBe('0\n');
    expect((await runCommand(JobStop, [JOB_ID], { jobs })).stdout).toBe(`Job stopped: ${JOB_ID}\n`);
    expect(jobs.asked).toEqual([`stop ${JOB_ID}`]);
    expect((await runCommand(JobMetrics, [JOB_ID], { jobs })).stdout).toContain('Peak Memory: 1.0MB\n');
    expect(JSON.parse((await runCommand(JobDeleteAll, ['--json'], { jobs })).stdout)).toEqual({
      success: true,
      message: 'Deleted 1 jobs, skipped 2',
      deleted_count: 1,
      skipped_count: 2,
    });
  });

  it('says of an unknown job that it is not there', async () => {
    const { status, stderr } = await runCommand(JobStatus, ['00000000']);
    expect({ status, stderr }).toEqual({
      status: 9,
      stderr: 'Error: job not found: 00000000\nHint: rnx job list shows the jobs\n',
    });
  });
});

describe('rnx system prune', () => {
  it('says what was freed', async () => {
    const builder = new FakeBuilder();
    expect((await runCommand(SystemPrune, ['--all'], { builder })).stdout).toBe(
      'Removed 3 jobs, 2 layers, 0 leftovers of killed jobs\n',
    );
  });
});
