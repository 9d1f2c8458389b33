import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGoSettings } from './go-settings.js';

function host(env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'go-settings-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), text);
  }
  return { env, home, now: () => new Date(0) };
}

describe('the settings of the host’s go', () => {
  it('are its variables over what go env -w has written, and no others', async () => {
    const files = { '.config/go/env': 'GOPROXY=https://written.test\nGOPRIVATE=example.test\nGOFLAGS=-x\n' };
    const { env } = await readGoSettings(host({ GOPROXY: 'https://variable.test', GOROOT: '/x' }, files));
    expect(env).toEqual({ GOPROXY: 'https://variable.test', GOPRIVATE: 'example.test' });
  });

  it('have secrets in every address, as passwords and as users, and in the netrc', async () => {
    const { secrets } = await readGoSettings(
      host(
        {
          GOPROXY: 'https://builder:p%40ss@one.test,https://token-1@two.test,https://me:100%zz@four.test|direct',
          GOSUMDB: 'sum.golang.org https://someone:of-sums@sums.test',
        },
        { '.netrc': 'machine three.test login me password "in netrc"\n' },
      ),
    );
    expect(secrets).toEqual(expect.arrayContaining(['p%40ss', 'p@ss', 'token-1', '100%zz', 'of-sums', 'in netrc']));
    expect(secrets).not.toContain('builder');
  });
});
