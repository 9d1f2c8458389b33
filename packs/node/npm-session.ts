import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommandRunner, RootCommandResult } from '../../core/contracts/command-runner.js';
import type { Bind } from '../../core/contracts/isolator.js';
import type { PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { readPlainFile } from '../../core/pack-kit.js';
import type { NodeHost } from './node-host.js';
import { toolProgram } from './npm-program.js';
import { readNpmSettings } from './npm-settings.js';
import { dependenciesOf } from './package-spec.js';
import { makePrivateDirectory, ownDirectory, writePrivateFile } from './private-files.js';

/** Where a command finds the project: package.json, the lock file, settings. Nothing of it stays in a root. */
export const PROJECT = '/tmp/joblet-npm';
const CACHE = '/tmp/joblet-npm-cache';

/** Commands over one project, with the host's registries at hand. */
export interface NpmSession {
  /** `npm ARGS` in the project. */
  npm(args: readonly string[]): Promise<RootCommandResult>;
  /** A shell script in the project, with npm's settings in its variables. */
  script(text: string, binds?: readonly Bind[]): Promise<RootCommandResult>;
  /** A file of the project, as npm left it. */
  read(name: string): string;
  /** Whether the project has a file now. */
  has(name: string): boolean;
}

/** Makes the project with the request's dependencies, and `lock` if there is one, for the time of `work`. */
export async function withNpmSession<T>(
  request: PackRequest,
  lock: string | undefined,
  runner: CommandRunner,
  services: PackServices,
  own: NodeHost,
  work: (session: NpmSession) => Promise<T>,
): Promise<T> {
  const settings = await readNpmSettings(own.host);
  const dir = await makePrivateDirectory(services.scratchDir, 'npm', own.ids);
  try {
    const manifest = { private: true, dependencies: Object.fromEntries(dependenciesOf(request)) };
    await writePrivateFile(path.join(dir, 'package.json'), JSON.stringify(manifest), own.ids);
    await writePrivateFile(path.join(dir, 'npmrc'), settings.text, own.ids);
    if (lock !== undefined) await writePrivateFile(path.join(dir, 'package-lock.json'), lock, own.ids);
    // What one registry has under a name is another thing than what another one has.
    const key = createHash('sha256').update(settings.text).digest('hex').slice(0, 40);
    const cache = await ownDirectory(path.join(services.cacheDir, 'npm', key), own.ids);
    const run = (args: readonly string[], binds: readonly Bind[] = []) =>
      runner.run({
        args,
        cwd: PROJECT,
        env: { ...NPM_ENVIRONMENT, HOME: PROJECT },
        binds: [
          { hostPath: dir, rootPath: PROJECT, writable: true },
          { hostPath: cache, rootPath: CACHE, writable: true },
          ...binds,
        ],
        network: true,
        secrets: settings.secrets,
      });
    const inTools = runner === services.tools;
    return await work({
      npm: (args) => run([...toolProgram(inTools), ...args]),
      script: (text, binds) => run(['/bin/sh', '-c', text], binds),
      has: (name) => existsSync(path.join(dir, name)),
      read: (name) => readPlainFile(path.join(dir, name)).toString('utf8'),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const NPM_ENVIRONMENT = {
  npm_config_userconfig: `${PROJECT}/npmrc`,
  npm_config_cache: CACHE,
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  npm_config_progress: 'false',
  npm_config_lockfile_version: '3',
  // Else a failure of the network takes minutes to show.
  npm_config_fetch_retries: '2',
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '5000',
};
