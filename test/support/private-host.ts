import { execa } from 'execa';
import { type PrivateHost as Host, openPrivateHost } from '../conformance/private-host.js';
import { rnxPath } from './rnx.js';

/** The host for one program alone, which is `rnx` over the store. */
export interface PrivateHost extends Omit<Host, 'enter'> {
  rnx(args: readonly string[]): PrivateProcess;
}

export async function privateHost(store: string): Promise<PrivateHost> {
  const { enter, ...host } = await openPrivateHost(store);
  return { ...host, rnx: (args) => start(enter(['node', rnxPath, ...args]), store) };
}

type PrivateProcess = ReturnType<typeof start>;

function start([program, ...args]: readonly [string, ...string[]], store: string) {
  return execa(program, args, {
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    env: { JOBLET_ROOT: store, OCLIF_SKIP_NEW_VERSION_CHECK: 'true' },
  });
}
