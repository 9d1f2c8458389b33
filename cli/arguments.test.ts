import { describe, expect, it } from 'vitest';
import { prepareArguments } from './arguments.js';
import JobRun from './commands/job/run.js';
import { valueFlagsOfJobRun } from './job-run-flags.js';

const cases: readonly { title: string; given: string; becomes: string }[] = [
  { title: 'leaves an ordinary line', given: 'runtime build -v .', becomes: 'runtime build -v .' },
  { title: 'moves --json behind the command', given: '--json runtime list', becomes: 'runtime list --json' },
  { title: 'moves --root and its value', given: '--root /s runtime info x', becomes: 'runtime info --root /s x' },
  { title: 'moves --root=', given: '--root=/s --json version', becomes: 'version --root=/s --json' },
  { title: 'takes them between topic and command', given: 'runtime --json list', becomes: 'runtime list --json' },
  { title: 'drops them for help, which has none', given: '--json help runtime', becomes: 'help runtime' },
  { title: 'leaves flags alone', given: '--json --help', becomes: '--help' },
  {
    title: 'ends flags at CMD',
    given: 'job run --runtime=x python --help',
    becomes: 'job run --runtime=x -- python --help',
  },
  { title: 'knows which flags take a value', given: 'job run --runtime x cat', becomes: 'job run --runtime x -- cat' },
  { title: 'knows short flags', given: 'job run -e A=1 -eB=2 cat -v', becomes: 'job run -e A=1 -eB=2 -- cat -v' },
  {
    title: 'takes -- as the end',
    given: 'job run --runtime x -- -x --json',
    becomes: 'job run --runtime x -- -x --json',
  },
  {
    title: 'keeps a -- of the command',
    given: 'job run --runtime=x sh -- -c',
    becomes: 'job run --runtime=x -- sh -- -c',
  },
  { title: 'takes - as a command', given: 'job run --runtime=x -', becomes: 'job run --runtime=x -- -' },
  {
    title: 'moves flags before job run',
    given: '--json job run --runtime=x ls',
    becomes: 'job run --json --runtime=x -- ls',
  },
  { title: 'knows the form with a colon', given: 'job:run --runtime=x ls -h', becomes: 'job run --runtime=x -- ls -h' },
  { title: 'adds no -- where there is no command', given: 'job run --runtime x', becomes: 'job run --runtime x' },
];

describe('prepareArguments', () => {
  it.each(cases)('$title', ({ given, becomes }) => {
    expect(prepareArguments(given.split(' ')).join(' ')).toBe(becomes);
  });

  it('keeps empty arguments and blanks of a command', () => {
    expect(prepareArguments(['job', 'run', '--runtime=x', 'echo', '', ' a '])).toEqual([
      ...['job', 'run', '--runtime=x', '--', 'echo', '', ' a '],
    ]);
  });

  it('knows every flag of job run that takes a value', () => {
    const flags = Object.entries({ ...JobRun.baseFlags, ...JobRun.flags }).filter(([, { type }]) => type === 'option');
    const names = flags.flatMap(([name, { char }]) => [`--${name}`, ...(char === undefined ? [] : [`-${char}`])]);
    expect([...valueFlagsOfJobRun].sort()).toEqual(names.sort());
  });
});
