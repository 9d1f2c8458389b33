import { expect, it } from 'vitest';
import { FakeBuilder } from '../test-support/fake-builder.js';
import { runCommand } from '../test-support/run-command.js';
import Doctor from './doctor.js';

const ok = { check: 'kernel', subject: 'overlay', status: 'ok', found: 'in the kernel' } as const;
const limited = {
  check: 'programs',
  subject: 'detached jobs',
  status: 'limited',
  found: 'no conmon',
  advice: 'install it',
} as const;
const missing = {
  check: 'runtime',
  subject: 'OCI runtime',
  status: 'missing',
  found: 'none',
  advice: 'install crun',
} as const;

function builderWith(findings: FakeBuilder['hostReport']['findings']): FakeBuilder {
  const builder = new FakeBuilder();
  builder.hostReport = { fit: findings.every(({ status }) => status !== 'missing'), findings };
  return builder;
}

it('shows each finding with what to do, and a verdict', async () => {
  const { stdout, status } = await runCommand(Doctor, [], { builder: builderWith([ok, limited]) });
  expect(status).toBe(0);
  expect(stdout).toBe(
    `ok       overlay        in the kernel
limited  detached jobs  no conmon
                        -> install it

Jobs can run on this host. Limited: detached jobs.
`,
  );
});

it('ends with 4 where something is missing, in JSON too', async () => {
  const builder = builderWith([ok, missing]);
  const text = await runCommand(Doctor, [], { builder });
  expect(text.status).toBe(4);
  expect(text.stdout).toContain('Jobs cannot run on this host. Missing: OCI runtime.');
  const json = await runCommand(Doctor, ['--json'], { builder });
  expect(json.status).toBe(4);
  expect(JSON.parse(json.stdout)).toEqual({ fit: false, findings: [ok, missing] });
});
