import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redact, runTool } from './run-tool.js';

function commandLines(): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
    } catch {
      return [];
    }
  });
}

describe("running the host's tools", () => {
  it('gives them nothing of our environment', async () => {
    const { stdout } = await runTool({ argv: ['env'], env: { A: 'b' } });
    expect(
      stdout
        .split('\n')
        .filter((line) => !/^(PWD|_|SHLVL|OLDPWD)=/.test(line))
        .sort(),
    ).toEqual(['A=b', 'LC_ALL=C', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin']);
  });

  it('says which program is missing, also in namespaces', async () => {
    const missing = { code: 'E_HOST_UNFIT', message: 'no-such-tool is not installed' };
    await expect(runTool({ argv: ['no-such-tool'] })).rejects.toMatchObject(missing);
    await expect(runTool({ argv: ['no-such-tool'], ownNamespaces: true })).rejects.toMatchObject(missing);
  });

  it('is over with all that the tool started when it is cancelled', async () => {
    const controller = new AbortController();
    const pids: string[] = [];
    // Outside of the namespace's own /proc there is none that names a process as the host does.
    const script = 'umount /proc; (read -r pid rest </proc/self/stat; echo "$pid"; exec sleep 1000) & wait';
    const running = runTool({
      argv: ['sh', '-c', script],
      ownNamespaces: true,
      signal: controller.signal,
      onLine: (line) => {
        pids.push(line);
        controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'E_CANCELLED' });
    expect(pids).toEqual([expect.stringMatching(/^\d+$/)]);
    expect(existsSync(`/proc/${pids[0]}`)).toBe(false);
  });

  it('can be cancelled at any moment of its start, in namespaces too', async () => {
    const mark = randomUUID();
    for (let turns = 0; turns < 30; turns++) {
      const controller = new AbortController();
      const running = runTool({
        argv: ['sh', '-c', `sleep 1000; : ${mark}`],
        ownNamespaces: true,
        signal: controller.signal,
      });
      setTimeout(() => controller.abort(), turns / 2);
      await expect(running).rejects.toMatchObject({ code: 'E_CANCELLED' });
      expect(commandLines().filter((line) => line.includes(mark))).toEqual([]);
    }
  });

  it('shows no password of an address', async () => {
    expect(redact('Get http://me:pw@host/x and https://tok@h/ but user@host')).toBe(
      'Get http://***@host/x and https://***@h/ but user@host',
    );
    const lines: string[] = [];
    await runTool({ argv: ['echo', 'http://me:pw@host/'], onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['http://***@host/']);
  });
});
