import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measureJobs } from './test-support/measure-jobs.js';
import { makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

const MIB = 1024 * 1024;

describe('jobs on this host', () => {
  const scratch = scratchDirectory();
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('get no more than their limits, as seen from inside and outside', async () => {
    const { cpuPercent, forks, io, memory, cores, groupsSeen } = await measureJobs(
      makeTinyRoot(path.join(scratch, 'root')),
    );
    expect(cpuPercent).toBeLessThan(22);
    expect(memory).toMatchObject({ status: 137, reason: 'out-of-memory' });
    expect(memory.peakMb).toBeLessThanOrEqual(64);
    expect(forks).toBeGreaterThan(20);
    expect(forks).toBeLessThan(40);
    expect(io.bytesPerSecond).toBeLessThan(1.2 * MIB);
    expect(io.counted).toBeGreaterThanOrEqual(4 * MIB);
    expect(cores).toBe('1');
    for (const line of groupsSeen) expect(line, 'its groups look outermost to it').toMatch(/:\/$/);
  });
});
