import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommandRunner, RootCommandResult } from '../../core/contracts/command-runner.js';
import type { Bind } from '../../core/contracts/isolator.js';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory, ownDirectory, readPlainFile, writePrivateFile } from '../../core/pack-kit.js';
import type { NodeHost } from './node-host.js';
import { toolProgram } from './npm-program.js';
import { readNpmSettings } from './npm-settings.js';
import { writeNpmrc } from './npmrc-directory.js';
import { dependenciesOf } from './package-spec.js';

/** Where a command finds the project: package.json, the lock file, settings. Nothing of it stays in a root. */
export const PROJECT = '/tmp/joblet-npm';
const CACHE = '/tmp/joblet-npm-cache';
const HOME = '/tmp/joblet-npm-home';

/** Commands over one project, with the host's registries at hand. */
export interface NpmSession {
  /** `npm ARGS` in the project. */
  npm(args: readonly string[]): Promise<RootCommandResult>;
  /** A shell script in the project, with npm's settings in its variables. */
  script(text: string, binds?: readonly Bind[]): Promise<RootCommandResult>;
  /** The same for what strangers have written: with the network, but nothing of the settings, the project or the cache. */
  strangers(text: string): Promise<RootCommandResult>;
  /** A file of the project, as npm left it. */
  read(name: string): string;
  /** Whether the project has a file now. */
  has(name: string): boolean;
}

/** What is to be installed. */
export interface NpmProject {
  /** Entries of `npm`. */
  readonly list: readonly string[];
  /** The text of package-lock.json. @default none yet */
  readonly lock?: string;
}

/** Makes the project's files for the time of `work`. */
export async function withNpmSession<T>(
  project: NpmProject,
  runner: CommandRunner,
  services: PackServices,
  own: NodeHost,
  work: (session: NpmSession) => Promise<T>,
): Promise<T> {
  const settings = await readNpmSettings(own.host);
  const dir = await makePrivateDirectory(services.scratchDir, 'npm', own.ids);
  try {
    const manifest = { private: true, dependencies: Object.fromEntries(dependenciesOf(project.list)) };
    await writePrivateFile(path.join(dir, 'package.json'), JSON.stringify(manifest), own.ids);
    await writeNpmrc(settings, dir, PROJECT, own);
    if (project.lock !== undefined) await writePrivateFile(path.join(dir, 'package-lock.json'), project.lock, own.ids);
    // What one registry has under a name is another thing than what another one has.
    const key = createHash('sha256')
      .update(JSON.stringify([...settings.values]))
      .digest('hex')
      .slice(0, 40);
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
    // Below what is removed at the end; not bound with it.
    const home = await makePrivateDirectory(dir, 'home', own.ids);
    const inTools = runner === services.tools;
    return await work({
      npm: (args) => run([...toolProgram(inTools), ...args]),
      script: (text, binds) => run(['/bin/sh', '-c', text], binds),
      strangers: (text) =>
        runner.run({
          args: ['/bin/sh', '-c', text],
          env: { ...QUIET, HOME },
          binds: [{ hostPath: home, rootPath: HOME, writable: true }],
          network: true,
          secrets: settings.secrets,
        }),
      has: (name) => existsSync(path.join(dir, name)),
      read: (name) => readPlainFile(path.join(dir, name)).toString('utf8'),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const QUIET = {
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  npm_config_progress: 'false',
};

const NPM_ENVIRONMENT = {
  ...QUIET,
  npm_config_userconfig: `${PROJECT}/npmrc`,
  npm_config_cache: CACHE,
  npm_config_lockfile_version: '3',
  // Else a failure of the network takes minutes to show.
  npm_config_fetch_retries: '2',
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '5000',
};
