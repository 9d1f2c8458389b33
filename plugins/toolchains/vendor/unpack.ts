import { chmodSync, existsSync, lchownSync, lstatSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { IdMap } from '../../../core/contracts/id-map.js';
import type { BuildServices } from '../../../core/contracts/platform-adapter.js';
import { buildStepFailed, cancelled, diskFull } from '../../../core/errors/errors.js';
import { hostTool } from '../../../core/process/host-tool.js';
import type { VendorLoader } from './loader.js';

/**
 * Unpacks an archive into the directory, or a place below it, owned by the store's id range. tar takes neither absolute names nor `..`, and makes links that
 * lead elsewhere only when all files are there, so that nothing is written through one; what is a device, or a link out of the
 * directory, is refused afterwards.
 */
export async function unpackArchive(
  file: string,
  directory: string,
  { strip = 1, exclude = [], place = '.' }: Pick<VendorLoader, 'strip' | 'exclude'> & { readonly place?: string },
  ids: IdMap,
  { signal }: BuildServices,
): Promise<void> {
  const target = path.join(directory, place);
  await mkdir(target, { recursive: true });
  const patterns = exclude.map((pattern) => `--exclude=${pattern}`);
  const options = ['--no-same-owner', '--no-same-permissions', `--strip-components=${strip}`, ...patterns];
  const command = ['tar', '--extract', `--file=${file}`, `--directory=${target}`, ...options];
  const child = execa('setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', 'umask 022; exec "$@"', 'sh', ...command], {
    ...hostTool,
    stdin: 'ignore',
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const result = await child.finally(() => signal.removeEventListener('abort', kill));
  if (signal.aborted) throw cancelled(signal.reason);
  if (result.exitCode !== 0) {
    const output = String(result.stderr);
    if (/No space left on device/.test(output)) throw diskFull(output);
    throw buildStepFailed(
      `the archive of the language cannot be unpacked: ${output.trim().split('\n').at(0) ?? ''}`,
      'install what unpacks it (xz-utils, gzip), or report it to its vendor',
      { stderrTail: output.split('\n').slice(-20).join('\n') },
    );
  }
  settle(directory, directory, ids);
}

/** Links of `bin` that lead to programs of the directory, which are made executable: in a package of npm's they need not be. */
export function linkPrograms(directory: string, programs: Readonly<Record<string, string>>, ids: IdMap): void {
  for (const [name, target] of Object.entries(programs)) {
    const link = path.join(directory, 'bin', name);
    const program = path.resolve(path.dirname(link), target);
    if (existsSync(link) || !lstatSync(program, { throwIfNoEntry: false })?.isFile()) continue;
    chmodSync(program, 0o755);
    symlinkSync(target, link);
    lchownSync(link, ids.hostStart, ids.hostStart);
  }
}

function settle(entry: string, top: string, ids: IdMap): void {
  const status = lstatSync(entry);
  if (status.isSymbolicLink()) {
    const target = path.resolve(path.dirname(entry), readlinkSync(entry));
    if (target !== top && !target.startsWith(`${top}/`)) throw strange(entry, top, 'is a link that leads out of it');
  } else if (!status.isFile() && !status.isDirectory()) {
    throw strange(entry, top, 'is neither a file nor a directory');
  }
  lchownSync(entry, ids.hostStart, ids.hostStart);
  if (status.isDirectory()) for (const name of readdirSync(entry)) settle(path.join(entry, name), top, ids);
}

function strange(entry: string, top: string, reason: string): Error {
  return buildStepFailed(
    `${path.relative(top, entry)} of the language's archive ${reason}`,
    'it is not what a vendor publishes: name another address in toolchains.addresses',
  );
}
