import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { execa } from 'execa';
import { buildStepFailed } from '../errors/errors.js';
import { hostTool } from '../process/host-tool.js';

/**
 * sha256 of a canonical tar of a directory: names in order, modes, owners, links and contents; no times, since two builds of
 * the same thing differ only there. Holes are listed, not read: a file of a terabyte may take no space at all.
 */
export async function digestTree(dir: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const tar = execa(
    'tar',
    [
      '--create',
      '--sort=name',
      '--mtime=@0',
      '--numeric-owner',
      '--format=gnu',
      '--hard-dereference',
      '--sparse',
      '--directory',
      dir,
      '.',
    ],
    { ...hostTool, buffer: { stdout: false }, stdin: 'ignore', cancelSignal: signal },
  );
  tar.stdout.on('data', (chunk: Buffer) => hash.update(chunk));
  const [result] = await Promise.all([tar, once(tar.stdout, 'end')]);
  if (result.exitCode !== 0) throw buildStepFailed('the runtime could not be read for its digest', result.stderr);
  return `sha256:${hash.digest('hex')}`;
}
