import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { sizingEnvironment } from './sizing-environment.js';

const MB = 2 ** 20;

describe('the variables by which programs fit into limits', () => {
  it('are none where a job may use the whole machine', () => {
    expect(sizingEnvironment({})).toEqual({});
    expect(sizingEnvironment({ maxCpu: 100 * availableParallelism(), maxMemory: 2 ** 50 })).toEqual({});
  });

  it('say how much memory there is', () => {
    expect(sizingEnvironment({ maxMemory: 100 * MB })).toEqual({
      NODE_OPTIONS: '--max-old-space-size=75',
      GOMEMLIMIT: String(90 * MB),
      JAVA_TOOL_OPTIONS: `-XX:MaxRAM=${100 * MB}`,
    });
  });

  it.runIf(availableParallelism() > 1)('say how many cores there are, a part of one for one', () => {
    for (const limits of [{ maxCpu: 30 }, { cpuCores: [1] }, { maxCpu: 100, cpuCores: [0] }]) {
      expect(sizingEnvironment(limits)).toMatchObject({
        OMP_NUM_THREADS: '1',
        GOMAXPROCS: '1',
        JAVA_TOOL_OPTIONS: '-XX:ActiveProcessorCount=1',
      });
    }
  });
});
