import { execa } from 'execa';
import type { BuildServices, DistributionPackage } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed, cancelled } from '../../../core/errors/errors.js';
import { FIXED_UMASK, onAbort } from '../../../core/process/run-tool.js';
import { aptFailure } from './apt-errors.js';
import { runTogether } from './run-together.js';

/** Unpacking is decompressing: one for each of two cores. */
const AT_ONCE = 2;

/**
 * Unpacks archives into a merged-/usr tree. Not `dpkg-deb --extract`: it would put directories where the links
 * /bin -> usr/bin are (Debian bug 989602).
 */
export async function unpackArchives(
  packages: readonly DistributionPackage[],
  pathOf: (p: DistributionPackage) => string,
  directory: string,
  services: BuildServices,
): Promise<void> {
  const queue = [...packages];
  const worker = async (signal: AbortSignal): Promise<void> => {
    for (let p = queue.shift(); p !== undefined; p = queue.shift()) await unpack(p, pathOf(p), directory, signal);
  };
  const workers = Array.from({ length: AT_ONCE }, () => worker);
  await runTogether(services.signal, workers);
}

async function unpack(p: DistributionPackage, archive: string, directory: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw cancelled(signal.reason);
  const options = {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    extendEnv: false,
    cwd: '/',
    reject: false,
    buffer: { stdout: false },
  } as const;
  const die = ['--pdeathsig', 'KILL', ...FIXED_UMASK];
  const reader = execa('setpriv', [...die, 'dpkg-deb', '--fsys-tarfile', archive], { ...options, stdin: 'ignore' });
  const tar = ['tar', '-C', directory, '--keep-directory-symlink', '--numeric-owner', '-xpf', '-'];
  // tar ends by itself when its input does.
  const release = onAbort(signal, () => reader.kill('SIGKILL'));
  const results = await Promise.all([reader, reader.pipe('setpriv', [...die, ...tar], options)]);
  release();
  if (signal.aborted) throw cancelled(signal.reason);
  const failed = results.find((r) => r.exitCode !== 0);
  if (failed !== undefined) {
    const output = results.map((r) => String(r.stderr)).join('\n');
    if (output.trim() === '') throw buildStepFailed(`unpacking ${p.name} failed`, 'run again with -v', {});
    throw aptFailure(`unpacking ${p.name}`, output, directory);
  }
}
