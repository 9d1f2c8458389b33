import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

describe('the identity of a process', () => {
  it('is that of one process of one boot', () => {
    const own = identify(process.pid);
    const identity: ProcessIdentity = own ?? { pid: 0, startTicks: '', bootId: '' };
    expect(isAlive(identity)).toBe(true);
    expect(isAlive({ ...identity, startTicks: `${identity.startTicks}0` })).toBe(false);
    expect(isAlive({ ...identity, bootId: 'another' })).toBe(false);
  });

  it('is gone with the process, and there is none without one', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const identity = identify(child.pid ?? 0);
    expect(identity && isAlive(identity)).toBe(true);
    child.stdin?.end();
    await once(child, 'exit');
    expect(identity && isAlive(identity)).toBe(false);
    expect(identify(2 ** 30)).toBeUndefined();
  });
});
