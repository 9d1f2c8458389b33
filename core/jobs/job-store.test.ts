import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorePaths } from '../store/store-paths.js';
import type { JobRecord } from './job-record.js';
import { JobStore } from './job-store.js';

const FIRST = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const SECOND = '6f9619ff-1111-4d01-b42d-00cf4fc964ff';
let root: string;
let store: JobStore;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'jobs-'));
  store = new JobStore(new StorePaths(root));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function make(id: string, createdAt = '2026-01-01T00:00:00.000Z'): Promise<JobRecord> {
  await store.create(id);
  const record: JobRecord = {
    id,
    state: 'COMPLETED',
    command: 'true',
    args: [],
    environment: {},
    limits: {},
    network: 'none',
    workdir: '/work',
    detached: false,
    createdAt,
  };
  store.write(record);
  return record;
}

describe('records of jobs', () => {
  it('are for root alone, and written in one step', async () => {
    const record = await make(FIRST);
    expect(store.read(FIRST)).toEqual(record);
    expect(statSync(store.files(FIRST).dir).mode & 0o777).toBe(0o700);
    expect(readdirSync(store.files(FIRST).dir)).toEqual(['record.json']);
  });

  it('are listed by the time at which they were made', async () => {
    const later = await make(FIRST, '2026-01-02T00:00:00.000Z');
    const earlier = await make(SECOND, '2026-01-01T00:00:00.000Z');
    expect(await store.list()).toEqual([earlier, later]);
  });

  it('are found by an ID, or by what is enough of it', async () => {
    const record = await make(FIRST);
    expect(await store.find(FIRST)).toEqual(record);
    expect(await store.find('6f9619ff')).toEqual(record);
    expect(await store.find('6F9619FF-8B')).toEqual(record);
    await make(SECOND);
    expect(await store.find('6f9619ff-8')).toEqual(record);
  });

  it.each([
    ['shorter than 8 characters', '6f9619f', /at least the first 8/],
    ['that two IDs begin with', '6f9619ff', /2 IDs begin so/],
    ['of no job', '00000000', /rnx job list/],
    ['that leads out of the store', '../../../etc', /rnx job list/],
  ])('are not found by a reference %s', async (_what, reference, hint) => {
    await make(FIRST);
    await make(SECOND);
    await expect(store.find(reference)).rejects.toMatchObject({
      code: 'E_JOB_NOT_FOUND',
      hint: expect.stringMatching(hint),
    });
  });

  it('say that a job is lost when a crash of the host has cut them', async () => {
    await make(FIRST);
    writeFileSync(path.join(store.files(FIRST).dir, 'record.json'), '');
    expect(store.read(FIRST)).toMatchObject({
      state: 'FAILED',
      reason: 'lost',
      error: expect.stringContaining('record was lost'),
    });
  });

  it('are removed with all that belongs to them, and so is what a killed removal has left', async () => {
    await make(FIRST);
    writeFileSync(store.files(FIRST).log, 'x');
    await store.remove(FIRST);
    expect(readdirSync(path.join(root, 'jobs'))).toEqual([]);
    mkdirSync(path.join(root, 'jobs', `.removed-${FIRST}`));
    const { dir } = await store.create(SECOND);
    await store.sweep();
    expect(existsSync(dir)).toBe(true);
    utimesSync(dir, 0, 0);
    await store.sweep();
    expect(readdirSync(path.join(root, 'jobs'))).toEqual([]);
  });
});
