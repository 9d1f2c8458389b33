import 'reflect-metadata';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { isJobletError } from '../../core/errors/joblet-error.js';
import { findControlGroups } from '../../plugins/isolation/control-groups/detect.js';
import { deviceNumber } from '../../plugins/isolation/control-groups/test-support/loop-disk.js';
import {
  measureBufferedWrites,
  measureCores,
  measureCpu,
  measureIo,
  measureKillOfForkBomb,
  measureKillOfThrottled,
  measureMemory,
  measurePids,
} from '../../plugins/isolation/control-groups/test-support/measure.js';
import { measureJobs } from '../../plugins/isolation/test-support/measure-jobs.js';
import { makeTinyRoot, scratchDirectory } from '../../plugins/isolation/test-support/tiny-root.js';

/**
 * A program that prints, as JSON, what limits do: to processes in control groups (`groups`), to jobs (`jobs`), or whether one would be refused
 * (`check`). It runs in the virtual machine; the test that starts it says what the figures should be.
 */

const MIB = 1024 * 1024;

async function groups() {
  const made = findControlGroups();
  const raw = { file: '/dev/vdb', ...deviceNumber('/dev/vdb') };
  const mounted = deviceNumber('/dev/vda');
  return {
    version: made.version,
    cpu: await measureCpu(made, 20),
    memory: await measureMemory(made, 64),
    pids: await measurePids(made, 12),
    cores: await measureCores(made, [1]),
    io: await measureIo(made, raw.file, raw, MIB),
    buffered: await measureBufferedWrites(made, '/run/disk/buffered', mounted, MIB),
    killOfThrottled: await measureKillOfThrottled(made, raw.file, raw),
    killOfForkBomb: await measureKillOfForkBomb(made, 20),
    left: await made.list(),
  };
}

async function jobs() {
  const scratch = scratchDirectory();
  try {
    return await measureJobs(makeTinyRoot(path.join(scratch, 'root')));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function check() {
  try {
    findControlGroups().check({ pids: 10 });
    return {};
  } catch (error) {
    if (!isJobletError(error)) throw error;
    const { code, message, hint } = error;
    return { code, message, hint };
  }
}

const measures = new Map<string | undefined, () => Promise<object>>(Object.entries({ groups, jobs, check }));
void measures
  .get(process.argv[2])?.()
  .then((figures) => console.log(JSON.stringify(figures)));
