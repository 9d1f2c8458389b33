import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandRunner, RootCommand, RootCommandResult } from '../../core/contracts/command-runner.js';
import type { Host } from '../../core/contracts/host.js';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { Bind } from '../../core/contracts/isolator.js';
import { readNetrc } from './netrc.js';
import { formatPipConf } from './pip-conf.js';
import { listOf, type PipRun } from './pip-settings.js';
import { makeOwnedDirectory, makeOwnedSubdirectory, writePrivateFile } from './private-files.js';
import { secretsOfUrl } from './url-credentials.js';

/** Where a pip command finds its private files; a fresh file system in every root, so that nothing of it stays. */
const INSIDE = '/tmp/joblet-pip-home';

/** Runs pip (or a script of ours) with the host's indexes at hand. */
export interface PipAccess {
  run(runner: CommandRunner, command: RootCommand): Promise<RootCommandResult>;
  readonly secrets: readonly string[];
}

/**
 * Gives `work` an access to the indexes of `pip`: a private configuration file and netrc, seen by its commands only and
 * removed afterwards. Passwords are in files, never in arguments.
 */
export async function withPipAccess<T>(
  pip: PipRun,
  where: { readonly host: Host; readonly ids: IdMap; readonly scratchDir: string },
  work: (access: PipAccess) => Promise<T>,
): Promise<T> {
  const { host, ids } = where;
  const home = await makeOwnedDirectory(where.scratchDir, 'pip', ids);
  try {
    const binds: Bind[] = [{ hostPath: home, rootPath: INSIDE, writable: true }];
    const env: Record<string, string> = {
      ...PIP_ENVIRONMENT,
      HOME: INSIDE,
      TMPDIR: `${INSIDE}/tmp`,
      PIP_CONFIG_FILE: `${INSIDE}/pip.conf`,
    };
    await makeOwnedSubdirectory(home, 'tmp', ids, 0o700);

    const settings = new Map(pip.settings);
    if (!settings.has('retries')) settings.set('retries', '2');
    const links = await bindLocalLinks(listOf(settings.get('find-links')), binds);
    if (links.length > 0) settings.set('find-links', links.join('\n'));
    for (const key of ['cert', 'client-cert']) {
      const file = settings.get(key);
      settings.delete(key);
      const content = file === undefined ? undefined : await readFile(file).catch(() => undefined);
      if (content === undefined) continue;
      await writePrivateFile(path.join(home, `${key}.pem`), content, ids);
      // An environment variable, since PIP_CERT stands in a command's environment already and would win over the file.
      env[`PIP_${key.toUpperCase().replace('-', '_')}`] = `${INSIDE}/${key}.pem`;
    }
    await writePrivateFile(path.join(home, 'pip.conf'), formatPipConf('global', settings), ids);

    const netrc = await readNetrc(host);
    if (netrc !== undefined) {
      await writePrivateFile(path.join(home, '.netrc'), netrc.text, ids);
      env['NETRC'] = `${INSIDE}/.netrc`;
    }
    const urls = ['index-url', 'extra-index-url', 'find-links', 'proxy'].flatMap((key) => listOf(settings.get(key)));
    const secrets = [...new Set([...urls.flatMap(secretsOfUrl), ...(netrc?.passwords ?? [])])];

    return await work({
      secrets,
      run: (runner, command) =>
        runner.run({
          ...command,
          network: true,
          env: { ...env, ...command.env },
          binds: [...binds, ...(command.binds ?? [])],
          secrets: [...secrets, ...(command.secrets ?? [])],
        }),
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const PIP_ENVIRONMENT = {
  PIP_BREAK_SYSTEM_PACKAGES: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_CACHE_DIR: '1',
  PIP_NO_INPUT: '1',
  PIP_PROGRESS_BAR: 'off',
  PIP_ROOT_USER_ACTION: 'ignore',
  PYTHONDONTWRITEBYTECODE: '1',
};

/** Folders of the host that `find-links` names are made visible; URLs stay. */
async function bindLocalLinks(links: readonly string[], binds: Bind[]): Promise<readonly string[]> {
  const seen: string[] = [];
  for (const link of links) {
    const local = link.startsWith('file://') ? fileURLToPath(link) : link;
    if (!path.isAbsolute(local)) {
      seen.push(link);
      continue;
    }
    if (!(await stat(local).catch(() => undefined))) continue;
    const rootPath = `/tmp/joblet-links-${seen.length}`;
    binds.push({ hostPath: local, rootPath });
    seen.push(rootPath);
  }
  return seen;
}
