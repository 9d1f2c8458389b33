import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ProcessExit } from '../../../core/contracts/isolator.js';
import { hostUnfit } from '../../../core/errors/errors.js';
import { prepareArguments } from '../../arguments.js';
import { endedJob, FakeJobs, JOB_ID, processExit } from '../../test-support/fake-jobs.js';
import type { RunSettings } from '../../test-support/run-command.js';
import { runCommand } from '../../test-support/run-command.js';
import JobRun from './run.js';

const RUNTIME = '--runtime=python-3.11-ml';

/** The whole way from a command line to the job. */
function run(argv: string[], settings: RunSettings = {}) {
  return runCommand(JobRun, prepareArguments(['job', 'run', ...argv]).slice(2), settings);
}

describe('rnx job run', () => {
  it('hands everything after CMD to the job, in order and unread', async () => {
    const jobs = new FakeJobs();
    const args = ['python', '-c', 'x', '--help', '-v', '--json', '--runtime', 'python', '', '--', '-c'];
    const { status, stdout, stderr } = await run([RUNTIME, ...args], { jobs });
    expect(jobs.ran[0]?.args).toEqual(args);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('keeps the order of arguments that repeat the value of a flag', async () => {
    const jobs = new FakeJobs();
    await run(['--workdir', '/x', RUNTIME, 'cat', '/x', 'cat'], { jobs });
    expect(jobs.ran[0]).toMatchObject({ args: ['cat', '/x', 'cat'], workdir: '/x' });
  });

  it('passes variables with everything after the first =', async () => {
    const jobs = new FakeJobs();
    await run([RUNTIME, '-e', 'A=1', '--env', 'B==x y', '-eC=', '-e', 'A=2', 'env'], { jobs });
    expect(jobs.ran[0]?.env).toEqual({ A: '2', B: '=x y', C: '' });
    expect(jobs.ran[0]?.args).toEqual(['env']);
  });

  it('passes the timeout in milliseconds', async () => {
    const jobs = new FakeJobs();
    await run([RUNTIME, '--timeout', '1h30m', 'ls'], { jobs });
    expect(jobs.ran[0]?.timeoutMs).toBe(5_400_000);
  });

  it("exits with the job's status and says nothing", async () => {
    const jobs = new FakeJobs();
    jobs.onRun = () => endedJob(137);
    expect(await run([RUNTIME, 'x'], { jobs })).toMatchObject({ status: 137, stdout: '', stderr: '' });
  });

  it('exits with 124 and says so at a timeout', async () => {
    const jobs = new FakeJobs();
    jobs.onRun = () => endedJob(143, true);
    const { status, stderr } = await run([RUNTIME, '--timeout=2s', 'x'], { jobs });
    expect(status).toBe(124);
    expect(stderr).toBe('Error: the job ran past its timeout of 2s\n');
  });

  it('forwards signals to the job, also one that comes before it has started', async () => {
    const jobs = new FakeJobs();
    const signals = new EventEmitter();
    const got: string[] = [];
    jobs.onRun = () => {
      signals.emit('SIGINT', 'SIGINT');
      let end: (exit: ProcessExit) => void = () => {};
      const exit = new Promise<ProcessExit>((resolve) => {
        end = resolve;
      });
      return {
        id: JOB_ID,
        limits: {},
        exit,
        kill: (signal) => {
          got.push(signal);
          if (got.length === 1) signals.emit('SIGTERM', 'SIGTERM');
          else end(processExit(143));
        },
      };
    };
    expect((await run([RUNTIME, 'x'], { jobs, signals })).status).toBe(143);
    expect(got).toEqual(['SIGINT', 'SIGTERM']);
    expect(signals.eventNames()).toEqual([]);
  });

  const refused: readonly { title: string; argv: string[]; message: string }[] = [
    { title: 'no command', argv: [RUNTIME], message: 'Error: no command to run' },
    { title: 'a variable without value', argv: [RUNTIME, '-e', 'A', 'ls'], message: 'Error: --env A: no NAME=VALUE' },
    { title: 'a variable without name', argv: [RUNTIME, '-e', '=A', 'ls'], message: 'Error: --env =A: no NAME=VALUE' },
    { title: 'a wrong timeout', argv: [RUNTIME, '--timeout=5', 'ls'], message: 'Error: --timeout 5: no duration' },
    { title: 'an unknown flag', argv: ['--runtim=x', 'ls'], message: 'Error: Nonexistent flag: --runtim' },
    { title: 'an unknown runtime', argv: ['--runtime=nope', 'ls'], message: 'Error: runtime not found: nope' },
  ];
  it.each(refused)('ends with 125 for $title', async ({ argv, message }) => {
    const { status, stderr, stdout } = await run(argv);
    expect(stderr.split('\n')[0]).toContain(message);
    expect(stderr).toContain('\nHint: ');
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
  });

  it('reports a host that cannot run jobs as 125, in JSON too', async () => {
    const jobs = new FakeJobs();
    jobs.run = async () => {
      throw hostUnfit('crun is not installed', 'apt-get install crun');
    };
    const { status, stdout, stderr } = await run(['--json', RUNTIME, 'ls'], { jobs });
    expect(status).toBe(125);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'E_HOST_UNFIT', exitCode: 125 } });
  });

  it('passes --root to the engine', async () => {
    const { opened } = await run(['--root', '/srv/store', RUNTIME, 'ls']);
    expect(opened).toEqual([{ root: '/srv/store', env: {} }]);
  });
});
