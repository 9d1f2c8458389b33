import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../core/contracts/id-map.js';
import { findControlGroups } from '../plugins/isolation/control-groups/detect.js';
import { groupName } from '../plugins/isolation/job-group.js';
import { openDescriptors } from '../plugins/isolation/test-support/host-state.js';
import { Collector } from '../plugins/isolation/test-support/run.js';
import { createJobs } from '../plugins/jobs.js';
import { expectNoNewProcess, processIds } from './support/host-state.js';
import { runHostile, splitIds, withIds } from './support/hostile-job.js';
import { makeHostileStore, removeHostileStore, TINY } from './support/hostile-store.js';
import { expectNoRemains, storeRemains } from './support/job-remains.js';
import { rnx } from './support/rnx.js';

const PATIENT = { timeout: 300_000 };

describe('jobs, many in a row', () => {
  let store: string;
  beforeAll(() => {
    store = makeHostileStore();
  });
  afterAll(() => removeHostileStore(store));

  it('leave no mount, control group, process, descriptor or file behind, 1,000 of them', async () => {
    const jobs = createJobs({ root: store, host: { env: process.env, home: '/root', now: () => new Date() } });
    const run = async (): Promise<number> => {
      const stdout = new Collector();
      const job = await jobs.run({
        runtime: TINY,
        args: withIds(['sh', '-c', 'echo x >/work/x; sleep 1000 & echo done']),
        stdout,
        stderr: 'ignore',
      });
      expect(await job.exit).toMatchObject({ status: 0 });
      const { hostStart, stdout: output } = splitIds(stdout.text);
      expect(output).toBe('done\n');
      return hostStart;
    };
    // What stays for all jobs, such as an empty disk.
    await run();
    await jobs.deleteEnded();
    const processes = processIds();
    const descriptors = openDescriptors();
    const files = filesOf(store);
    const used = new Set<number>();
    for (let count = 0; count < 1000; count++) used.add(await run());
    expect((await jobs.deleteEnded()).deleted).toHaveLength(1000);
    expect(filesOf(store)).toEqual(files);
    await expect.poll(openDescriptors, PATIENT).toBeLessThanOrEqual(descriptors);
    await expectNoNewProcess(processes, store);
    await expect.poll(() => storeRemains(store), PATIENT).toEqual([]);
    // Another job of this machine may have a number by now, as long as it runs.
    await expect.poll(() => groupsOf(used), PATIENT).toEqual([]);
  });

  it('leave nothing of the command line’s either, in the foreground and detached', async () => {
    const command = (...args: string[]) => rnx(['job', ...args], { env: { JOBLET_ROOT: store } });
    await runHostile(store, {}, ['true']);
    await command('delete-all');
    const processes = processIds();
    const files = filesOf(store);
    for (let count = 0; count < 40; count++) {
      const { hostStart } = await runHostile(store, {}, ['sh', '-c', 'echo x >/work/x; sleep 1000 & exit 0']);
      await expectNoRemains(store, hostStart);
    }
    for (let count = 0; count < 10; count++) {
      const { stdout } = await command(
        'run',
        '--json',
        '-d',
        `--runtime=${TINY}`,
        'sh',
        '-c',
        'sleep 1000 & echo done',
      );
      const { job_uuid: id } = JSON.parse(String(stdout));
      expect((await command('wait', id)).exitCode).toBe(0);
      expect((await command('log', id)).stdout).toBe('done\n');
    }
    await command('delete-all');
    await expectNoNewProcess(processes, store);
    await expect.poll(() => storeRemains(store), PATIENT).toEqual([]);
    expect(filesOf(store)).toEqual(files);
  });
});

async function groupsOf(hostStarts: Iterable<number>): Promise<readonly string[]> {
  const groups = findControlGroups();
  const names = [...hostStarts].map((start) => groupName((start - DEFAULT_ID_MAP.hostStart) / DEFAULT_ID_MAP.size));
  const found = await Promise.all(names.map((name) => groups.find(name)));
  return names.filter((_, index) => found[index] !== undefined);
}

/** Each file of a store with the blocks that it takes. */
function filesOf(store: string): readonly string[] {
  return readdirSync(store, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const found = statSync(path.join(store, name), { throwIfNoEntry: false });
      return `${name} ${found?.isFile() ? found.blocks : ''}`;
    })
    .sort();
}
