import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AbuseTable } from './support/abuse-table.js';
import { ABUSES, MEMORY_BYTES, USUAL_FLAGS } from './support/abuses.js';
import { runHostile } from './support/hostile-job.js';
import { makeHostileStore, removeHostileStore } from './support/hostile-store.js';
import { expectNoRemains } from './support/job-remains.js';

/** Attempts of jobs to use up their host, or to stay on it. */
describe('a job that takes what it can', () => {
  const table = new AbuseTable();
  let store: string;

  beforeAll(() => {
    store = makeHostileStore();
  });
  afterAll(() => {
    removeHostileStore(store);
    table.print();
  });

  it.each(ABUSES)('is held: $title', async (abuse) => {
    let blocked = false;
    try {
      const run = await runHostile(store, { ...USUAL_FLAGS, ...abuse.flags }, abuse.command);
      expect(run).toMatchObject(abuse.ends);
      if (abuse.says !== undefined) expect(run.stdout.trim()).toMatch(abuse.says);
      abuse.check?.(run);
      expect(run.peakMemoryBytes).toBeLessThanOrEqual(MEMORY_BYTES);
      await expectNoRemains(store, run.hostStart);
      blocked = true;
    } finally {
      table.add(abuse, blocked);
    }
  });
});
