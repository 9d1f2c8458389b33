import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitStatus } from '../../core/errors/exit-status.js';
import { checkKernel, findHostTools } from './host-tools.js';

describe('the tools of the host', () => {
  let directory: string;
  const tools = (...names: string[]) => {
    for (const name of names) {
      writeFileSync(path.join(directory, name), '');
      chmodSync(path.join(directory, name), 0o755);
    }
  };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'joblet-tools-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('prefers crun, and takes runc where that is what there is', () => {
    tools('runc', 'tini-static', 'setpriv', 'unshare', 'sh', 'mount');
    expect(findHostTools(directory, []).runtime).toEqual({ kind: 'runc', path: `${directory}/runc` });
    tools('crun');
    expect(findHostTools(directory, []).runtime).toEqual({ kind: 'crun', path: `${directory}/crun` });
  });

  it('looks into the standard directories too, and into no relative one', () => {
    tools('crun', 'docker-init', 'setpriv', 'unshare', 'sh', 'mount');
    expect(findHostTools('.:bin', [directory]).init).toBe(`${directory}/docker-init`);
    expect(findHostTools(undefined, [directory]).runtime.kind).toBe('crun');
  });

  it('names all that is missing and how to install it', () => {
    tools('unshare', 'sh');
    expect(() => findHostTools(directory, [])).toThrow(
      expect.objectContaining({
        code: 'E_HOST_UNFIT',
        exitCode: exitStatus.hostUnfit,
        message:
          'processes cannot be isolated: an OCI runtime (crun or runc), a static init (tini-static), setpriv, mount not found',
        hint: expect.stringContaining('apt-get install crun tini'),
      }),
    );
  });

  it('names what the kernel lacks', () => {
    expect(() => checkKernel('/no/such/directory')).toThrow(
      expect.objectContaining({ code: 'E_HOST_UNFIT', hint: expect.any(String) }),
    );
  });
});
