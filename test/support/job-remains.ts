import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { DEFAULT_ID_MAP } from '../../core/contracts/id-map.js';
import { findControlGroups } from '../../plugins/isolation/control-groups/detect.js';
import { groupName } from '../../plugins/isolation/job-group.js';

/** What is told to end needs a moment, on a busy machine a long one; another job may get the same ids meanwhile, for as long as it runs. */
const PATIENT = { timeout: 300_000 };

/** Waits until there is nothing of a job that has ended: the host ids, disks and mounts name it, not what others do meanwhile. */
export async function expectNoRemains(store: string, hostStart: number): Promise<void> {
  await expect.poll(() => remainsOf(store, hostStart), PATIENT).toEqual([]);
}

async function remainsOf(store: string, hostStart: number): Promise<string[]> {
  const name = groupName((hostStart - DEFAULT_ID_MAP.hostStart) / DEFAULT_ID_MAP.size);
  const group = await findControlGroups().find(name);
  return [
    ...(group === undefined ? [] : [`control group ${name}`]),
    ...processesOf(hostStart).map((pid) => `process ${pid}`),
    ...storeRemains(store),
  ];
}

/** Mounts, loop devices and disks of a store in which nothing runs. */
export function storeRemains(store: string): string[] {
  return [
    ...read('/proc/self/mountinfo')
      .split('\n')
      .filter((line) => line.includes(store)),
    ...loopDevices().filter((file) => file.includes(store)),
    ...namesIn(path.join(store, 'state/disks')).map((image) => `disk ${image}`),
  ];
}

/** Zombies left out: when they are reaped is the affair of the host's first process. */
function processesOf(hostStart: number): string[] {
  return namesIn('/proc').filter((pid) => {
    const status = /^\d+$/.test(pid) ? read(`/proc/${pid}/status`) : '';
    const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? -1);
    return uid >= hostStart && uid < hostStart + DEFAULT_ID_MAP.size && !/^State:\s+[ZX]/m.test(status);
  });
}

function loopDevices(): string[] {
  return namesIn('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .map((name) => read(`/sys/block/${name}/loop/backing_file`).trim());
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
