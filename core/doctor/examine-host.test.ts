import { expect, it } from 'vitest';
import type { HostCheck, HostFindingStatus } from '../contracts/host-check.js';
import { examineHost } from './examine-host.js';

const check = (id: string, status: HostFindingStatus): HostCheck => ({
  id,
  examine: async () => [{ subject: id, status, found: 'something' }],
});

it('gives all findings in the order of the checks', async () => {
  const report = await examineHost([check('second', 'limited'), check('first', 'ok')]);
  expect(report.findings.map((finding) => finding.check)).toEqual(['second', 'first']);
});

it('calls a host unfit only where something is missing', async () => {
  expect((await examineHost([check('a', 'ok'), check('b', 'limited')])).fit).toBe(true);
  expect((await examineHost([check('a', 'ok'), check('b', 'missing')])).fit).toBe(false);
});

it('says of a check that fails that it could not be told, and goes on', async () => {
  const failing: HostCheck = { id: 'broken', examine: () => Promise.reject(new Error('no such thing')) };
  const { fit, findings } = await examineHost([failing, check('next', 'ok')]);
  expect(fit).toBe(true);
  expect(findings[0]).toMatchObject({ check: 'broken', status: 'limited', found: 'could not be told: no such thing' });
  expect(findings[1]).toMatchObject({ check: 'next' });
});
