import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect, inject, it } from 'vitest';
import { pythonSpec, rnx, rnxPath, specFolder } from './support/rnx.js';

const NAME = 'in-use';
const home = () => path.join(inject('store'), 'runtimes', NAME);

async function build(name: string, content: string): Promise<void> {
  const rest = `hooks:\n  post_install: echo ${content} >/opt/content\n`;
  const built = await rnx(['runtime', 'build', '--force', specFolder(pythonSpec({ name, rest }))]);
  expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
}

/** A job that has started, and goes on when it gets a line. */
async function startJob() {
  const script =
    'echo started; read -r line; cat /opt/content; exec python -c "import json, ssl; print(json.dumps([1]))"';
  const job = execa('node', [rnxPath, 'job', 'run', `--runtime=${NAME}`, 'sh', '-c', script], {
    env: { JOBLET_ROOT: inject('store') },
    reject: false,
  });
  await new Promise<void>((resolve) => {
    job.stdout.on('data', (chunk) => String(chunk).includes('started') && resolve());
  });
  // In an object: an async function would wait for the end of a process that it returns.
  return { job };
}

it('a job keeps its files through rebuilds and the removal of its runtime; they go after it', async () => {
  await build(NAME, 'first');
  const { job: first } = await startJob();
  await build(NAME, 'second');
  const { job: second } = await startJob();
  const removed = await rnx(['runtime', 'remove', NAME]);
  expect(removed.stdout).toBe(`Removed ${NAME} 1.0.0\n`);
  expect((await rnx(['job', 'run', `--runtime=${NAME}`, 'true'])).exitCode).toBe(125);
  expect(readdirSync(home())).toHaveLength(2);

  first.stdin.end('go on\n');
  expect(await first).toMatchObject({ exitCode: 0, stdout: 'started\nfirst\n[1]' });
  // However its user ends.
  second.kill('SIGKILL');
  await second;
  // What the killed one had running may outlive it by a moment; the build after that takes the files away.
  const laterBuild = async () => {
    await build('in-use-later', 'other');
    return existsSync(home());
  };
  await expect.poll(laterBuild, { timeout: 300_000 }).toBe(false);
});
