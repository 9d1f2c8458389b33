import { describe, expect, it } from 'vitest';
import { type Config, DEFAULT_CONFIG } from '../config/config.js';
import { exitStatus } from '../errors/exit-status.js';
import { effectiveLimits, resourceLimits } from './job-limits.js';
import type { JobLimits } from './job-spec.js';

const MB = 2 ** 20;
const withCeilings = (ceilings: Config['ceilings']): Config => ({ ...DEFAULT_CONFIG, ceilings });

describe('limits of a job', () => {
  it('are the configured ones where it asks nothing, or 0', () => {
    const defaults = {
      maxCpu: 100,
      maxMemory: 512 * MB,
      maxPids: 512,
      maxDisk: 1024 * MB,
      maxInodes: 65_536,
      timeoutMs: 3_600_000,
    };
    expect(effectiveLimits({}, DEFAULT_CONFIG, undefined)).toEqual(defaults);
    expect(effectiveLimits({ maxCpu: 0, maxMemory: '0', cpuCores: '' }, DEFAULT_CONFIG, undefined)).toEqual(defaults);
  });

  it('are what it asks for, in the units of each', () => {
    const asked = { maxCpu: 150, maxMemory: '2G', maxIobps: '10M', cpuCores: '0', maxDisk: 64, maxOutput: 1 };
    const limits = effectiveLimits(asked, DEFAULT_CONFIG, undefined);
    expect(limits).toMatchObject({ maxDisk: 64 * MB, maxOutput: MB });
    expect(resourceLimits(limits)).toEqual({
      cpuPercent: 150,
      memoryBytes: 2048 * MB,
      ioBytesPerSecond: 10 * MB,
      cpuCores: [0],
      pids: 512,
    });
  });

  it('never exceed a ceiling, which also is the limit where there is no default', () => {
    const config = withCeilings({ maxMemory: 256 * MB, maxIobps: MB });
    expect(effectiveLimits({}, config, undefined)).toMatchObject({ maxMemory: 256 * MB, maxIobps: MB });
    expect(() => effectiveLimits({ maxMemory: 257 }, config, undefined)).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        exitCode: exitStatus.usage,
        message: "--max-memory 257 MB is above this store's ceiling of 256 MB",
      }),
    );
  });

  it('give a runtime the memory that it needs', () => {
    expect(effectiveLimits({}, DEFAULT_CONFIG, 1024 * MB).maxMemory).toBe(1024 * MB);
    expect(effectiveLimits({ maxMemory: '2G' }, DEFAULT_CONFIG, 1024 * MB).maxMemory).toBe(2048 * MB);
    const message = expect.stringContaining('is less than the 1 GB that the runtime needs');
    expect(() => effectiveLimits({ maxMemory: 100 }, DEFAULT_CONFIG, 1024 * MB)).toThrow(
      expect.objectContaining({ message }),
    );
    expect(() => effectiveLimits({}, withCeilings({ maxMemory: 512 * MB }), 1024 * MB)).toThrow(/ceiling is 512 MB/);
  });

  it.each<[what: string, asked: JobLimits, message: RegExp]>([
    ['memory in apples', { maxMemory: '5 apples' }, /--max-memory "5 apples": not an amount/],
    ['half a process', { maxPids: 1.5 }, /--max-pids 1.5: not an amount/],
    ['a negative share', { maxCpu: -1 }, /--max-cpu -1: not an amount/],
    ['more processor than there is', { maxCpu: 10_001 }, /--max-cpu 10001: more than 10000/],
    ['next to no memory', { maxMemory: 1 }, /--max-memory 1 MB: no program starts/],
    ['a core that is not there', { cpuCores: '9999' }, /no core 9999/],
    ['no cores at all', { cpuCores: '3-1' }, /not a list of cores/],
    ['a time that no timer can wait', { timeoutMs: 2 ** 31 }, /--timeout .*too long/],
  ])('refuse %s', (_what, asked, message) => {
    expect(() => effectiveLimits(asked, DEFAULT_CONFIG, undefined)).toThrow(message);
  });
});
