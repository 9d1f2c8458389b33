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

/**
 * A program that prints, as JSON, what the limits of this host's control groups do. It runs in the virtual machine; the test that starts
 * it says what they should be. With the argument `check`, only what would be refused.
 */

const MIB = 1024 * 1024;

async function measureAll() {
  const groups = findControlGroups();
  const raw = { file: '/dev/vdb', ...deviceNumber('/dev/vdb') };
  const mounted = deviceNumber('/dev/vda');
  return {
    version: groups.version,
    cpu: await measureCpu(groups, 20),
    memory: await measureMemory(groups, 64),
    pids: await measurePids(groups, 12),
    cores: await measureCores(groups, [1]),
    io: await measureIo(groups, raw.file, raw, MIB),
    buffered: await measureBufferedWrites(groups, '/run/disk/buffered', mounted, MIB),
    killOfThrottled: await measureKillOfThrottled(groups, raw.file, raw),
    killOfForkBomb: await measureKillOfForkBomb(groups, 20),
    left: await groups.list(),
  };
}

function checkAll() {
  try {
    findControlGroups().check({ pids: 10 });
    return { refused: false };
  } catch (error) {
    if (!isJobletError(error)) throw error;
    return { refused: true, code: error.code, message: error.message, hint: error.hint };
  }
}

console.log(JSON.stringify(process.argv[2] === 'check' ? checkAll() : await measureAll()));
