import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandRunner, RootCommand, RootCommandResult } from '../../core/contracts/command-runner.js';
import type { NetworkAccess } from '../../core/contracts/host-network.js';
import type { Bind } from '../../core/contracts/isolator.js';
import { makePrivateDirectory, ownDirectory, writePrivateFile } from '../../core/pack-kit.js';
import { readNetrc } from './netrc.js';
import { formatPipConf } from './pip-conf.js';
import type { PythonHost } from './pip-session.js';
import { listOf, type PipRun } from './pip-settings.js';
import { secretsOfUrl } from './url-credentials.js';

/** Where a pip command finds its private files; a fresh file system in every root, so that nothing of it stays. */
const INSIDE = '/tmp/joblet-pip-home';

/** Runs pip (or a script of ours) with the host's indexes at hand. */
export interface PipAccess {
  run(runner: CommandRunner, command: RootCommand): Promise<RootCommandResult>;
  readonly secrets: readonly string[];
}

/** What a command needs to reach the indexes: variables, files by binds, and what must not be shown. */
interface PipHome {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly Bind[];
  readonly secrets: readonly string[];
}

type Where = PythonHost & { readonly scratchDir: string };

/**
 * Gives `work` an access to the indexes of `pip`: a private configuration file and netrc, seen by its commands only and
 * removed afterwards. Passwords are in files, never in arguments.
 */
export async function withPipAccess<T>(pip: PipRun, where: Where, work: (access: PipAccess) => Promise<T>): Promise<T> {
  const { dir, env, binds, secrets } = await makePipHome(pip, where);
  try {
    await ownDirectory(path.join(dir, 'tmp'), where.ids, 0o700);
    const own = { ...PIP_ENVIRONMENT, HOME: INSIDE, TMPDIR: `${INSIDE}/tmp`, ...env };
    return await work({
      secrets,
      run: (runner, command) =>
        runner.run({
          ...command,
          network: true,
          env: { ...own, ...command.env },
          binds: [...binds, ...(command.binds ?? [])],
          secrets: [...secrets, ...(command.secrets ?? [])],
        }),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The same for the pip of a hook, whose home and temporary files are its own. The files go with the scratch directory. */
export async function hookPipAccess(pip: PipRun, where: Where): Promise<NetworkAccess> {
  const { env, binds, secrets } = await makePipHome(pip, where);
  const { PYTHONDONTWRITEBYTECODE: _, ...environment } = PIP_ENVIRONMENT;
  return { env: { ...environment, ...env }, binds, secrets };
}

async function makePipHome(pip: PipRun, where: Where): Promise<PipHome> {
  const { host, ids } = where;
  const dir = await makePrivateDirectory(where.scratchDir, 'pip', ids);
  try {
    const binds: Bind[] = [{ hostPath: dir, rootPath: INSIDE, writable: true }];
    const env: Record<string, string> = { PIP_CONFIG_FILE: `${INSIDE}/pip.conf` };
    const settings = new Map(pip.settings);
    if (!settings.has('retries')) settings.set('retries', '2');
    const links = await bindLocalLinks(listOf(settings.get('find-links')), binds);
    if (links.length > 0) settings.set('find-links', links.join('\n'));
    Object.assign(env, await copyCertificates(settings, dir, where));
    await writePrivateFile(path.join(dir, 'pip.conf'), formatPipConf('global', settings), ids);

    const netrc = await readNetrc(host);
    if (netrc !== undefined) {
      await writePrivateFile(path.join(dir, '.netrc'), netrc.text, ids);
      env['NETRC'] = `${INSIDE}/.netrc`;
    }
    const urls = ['index-url', 'extra-index-url', 'find-links', 'proxy'].flatMap((key) => listOf(settings.get(key)));
    const secrets = [...new Set([...urls.flatMap(secretsOfUrl), ...(netrc?.passwords ?? [])])];
    return { dir, env, binds, secrets };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

const PIP_ENVIRONMENT = {
  PIP_BREAK_SYSTEM_PACKAGES: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_CACHE_DIR: '1',
  PIP_NO_INPUT: '1',
  PIP_PROGRESS_BAR: 'off',
  PIP_ROOT_USER_ACTION: 'ignore',
  // Or pip says that it falls back to it: the tool root is read-only.
  PIP_USER: '0',
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

/**
 * Certificates that the host's configuration names. They come as variables: those of every command with network name the
 * host's bundle, and would win over the file. The authority is added to that bundle, as by pip itself.
 */
async function copyCertificates(
  settings: Map<string, string>,
  home: string,
  { ids, network }: PythonHost,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const take = async (key: string) => {
    const file = settings.get(key);
    settings.delete(key);
    return file === undefined ? undefined : await readFile(file).catch(() => undefined);
  };
  const client = await take('client-cert');
  if (client !== undefined) {
    await writePrivateFile(path.join(home, 'client.pem'), client, ids);
    env['PIP_CLIENT_CERT'] = `${INSIDE}/client.pem`;
  }
  const authority = await take('cert');
  if (authority !== undefined) {
    const bundle = network.authoritiesPath();
    const host = bundle === undefined ? Buffer.alloc(0) : await readFile(bundle);
    const both = host.equals(authority) ? host : Buffer.concat([host, Buffer.from('\n'), authority]);
    await writePrivateFile(path.join(home, 'authorities.pem'), both, ids);
    for (const name of ['PIP_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE']) env[name] = `${INSIDE}/authorities.pem`;
  }
  return env;
}
