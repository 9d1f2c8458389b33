import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { networkFailed, usageError } from '../errors/errors.js';
import { pluginInstallFailed } from '../errors/plugin-errors.js';
import { hostTool } from '../process/host-tool.js';

/** `name`, `@scope/name`, with or without `@version`. */
const REGISTRY_NAME = /^(?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*(?:@[\w.^~<>=*| -]+)?$/;

const NETWORK = /\b(?:EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/;

export interface FetchOptions {
  /** A folder, a tarball, or a name that npm's registry has. */
  readonly spec: string;
  /** What the caller's npm sees: its settings, proxies and registries. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Empty, and on the file system that the package will be on. */
  readonly staging: string;
  readonly signal?: AbortSignal;
}

/** Gets a package and what it depends on, without running a script of either. Resolves with its directory in `staging`. */
export async function fetchPackage(options: FetchOptions): Promise<string> {
  const { spec, staging } = options;
  const source = sourceOf(spec);
  const archives = path.join(staging, 'archive');
  const dir = path.join(staging, 'package');
  await mkdir(archives);
  await mkdir(dir);
  await npm(
    ['pack', '--ignore-scripts', '--loglevel=error', `--pack-destination=${archives}`, '--', source],
    archives,
    options,
  );
  const archive = (await readdir(archives)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw pluginInstallFailed(spec, 'npm has packed nothing', 'try npm pack with it');
  const unpack = ['-xzf', path.join(archives, archive), '-C', dir, '--strip-components=1'];
  const unpacked = await execa('tar', [...unpack, '--no-same-owner', '--no-same-permissions'], hostTool);
  if (unpacked.failed) throw pluginInstallFailed(spec, 'its archive cannot be unpacked', unpacked.stderr);
  if (await hasDependencies(dir)) {
    // joblet itself is a peer, which is there already.
    const only = ['--omit=dev', '--omit=peer', '--legacy-peer-deps', '--no-save', '--no-package-lock'];
    await npm(['install', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund', ...only], dir, options);
  }
  return dir;
}

function sourceOf(spec: string): string {
  const file = path.resolve(spec);
  // As npm, which takes `lua` for a name unless it is written as a path.
  if (/^(?:\.{0,2}\/|\.{1,2}$)/.test(spec) || /\.(?:tgz|tar\.gz|tar)$/.test(spec)) {
    if (!existsSync(file)) throw usageError(`${spec} is not there`, 'name a folder, a tarball or a package of npm');
    return file;
  }
  if (!REGISTRY_NAME.test(spec))
    throw usageError(`${spec} is no name of a package`, 'name a folder (./…), a tarball or a package of npm');
  return spec;
}

async function npm(args: readonly string[], cwd: string, { spec, env, signal }: FetchOptions): Promise<void> {
  const ended = await execa('npm', [...args], {
    cwd,
    env: { PATH: hostTool.env.PATH, ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (!ended.failed) return;
  if (ended.isCanceled) throw ended.cause;
  if (ended.code === 'ENOENT')
    throw pluginInstallFailed(spec, 'there is no npm', 'install npm, which comes with Node.js');
  const output = `${ended.stderr}\n${ended.stdout}`;
  // It says the thing itself first, and then where its own log is.
  const said = output
    .split('\n')
    .filter((line) => /^npm error (?!A complete log)/.test(line))
    .map((line) => line.replace('npm error ', ''))
    .slice(0, 5)
    .join('\n');
  if (NETWORK.test(output)) throw networkFailed(`npm cannot reach what ${spec} needs`, said, ended.cause);
  throw pluginInstallFailed(spec, 'npm has failed', said || 'it has not said why', ended.cause);
}

async function hasDependencies(dir: string): Promise<boolean> {
  const manifest: unknown = JSON.parse(await readFile(path.join(dir, 'package.json'), 'utf8'));
  const lists = typeof manifest === 'object' && manifest !== null ? Object.entries(manifest) : [];
  return lists.some(
    ([key, value]) =>
      (key === 'dependencies' || key === 'optionalDependencies') && Object.keys(Object(value)).length > 0,
  );
}
