import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { killPidNamespace, PID_NAMESPACE } from './pid-namespace.js';

/** Processes whose command line has a text. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  });
}

it('ends all of a namespace, in whichever moment of its start', async () => {
  const mark = `joblet-namespace-test-${process.pid}`;
  for (let round = 0; round < 150; round++) {
    const child = spawn('unshare', [...PID_NAMESPACE, '--', 'sh', '-c', 'sleep 1000; true', mark], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    // Somewhere between its first instruction and long after its fork.
    const until = performance.now() + (round % 50) / 10;
    while (performance.now() < until);
    killPidNamespace(child);
    await ended;
    expect(processesWith(mark), `round ${round}`).toEqual([]);
  }
});
