import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redact, runTool } from './run-tool.js';

/** Z: dead, but not yet waited for by the machine's first process. */
function stateOf(pid: string | undefined): string {
  try {
    return /State:\s+(\S)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'gone';
  }
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

  it('says which program is missing, also behind unshare', async () => {
    const missing = { code: 'E_HOST_UNFIT', message: 'no-such-tool is not installed' };
    await expect(runTool({ argv: ['no-such-tool'] })).rejects.toMatchObject(missing);
    await expect(runTool({ argv: ['unshare', '--mount', 'no-such-tool'] })).rejects.toMatchObject(missing);
  });

  it('kills at once when cancelled, children in a process namespace included', async () => {
    const controller = new AbortController();
    const pids: string[] = [];
    // The shell reads its own number as the host sees it: /proc is still the host's.
    const script = 'read -r pid rest < /proc/self/stat; echo "$pid"; sleep 1000';
    const running = runTool({
      argv: ['unshare', '--pid', '--fork', '--kill-child=KILL', 'sh', '-c', script],
      signal: controller.signal,
      onLine: (line) => {
        pids.push(line);
        controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'E_CANCELLED' });
    expect(pids[0]).toMatch(/^\d+$/);
    expect(stateOf(pids[0])).toMatch(/^(gone|Z)/);
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
