import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommandRunner, RootCommandResult } from '../../core/contracts/command-runner.js';
import type { PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory, ownDirectory, readPlainFile, writePrivateFile } from '../../core/pack-kit.js';
import type { GoHost } from './go-host.js';
import { readGoSettings } from './go-settings.js';
import { homePatterns } from './versions.js';

/** Where a command finds the project: go.mod, go.sum, passwords. Nothing of it stays in a root. */
export const PROJECT = '/tmp/joblet-go';
/** What was fetched before, as a module proxy. */
export const CACHE = '/tmp/joblet-go-modules';

/** Puts the go of a root on PATH: in a root of tools nothing is configured. */
const FIND_GO = `for one in $1; do [ -x "$one/bin/go" ] && { PATH=$one/bin:$PATH; break; }; done
shift
export PATH
`;

/** Commands over one project, with the host's module proxies at hand. */
export interface GoSession {
  /** A shell script in the project; `args` are its $1, $2, … */
  script(text: string, args?: readonly string[]): Promise<RootCommandResult>;
  /** A file of the project. */
  read(name: string): string;
}

/** Makes a project of these files for the time of `work`. */
export async function withGoSession<T>(
  request: PackRequest,
  files: Readonly<Record<string, string>>,
  runner: CommandRunner,
  services: PackServices,
  own: GoHost,
  work: (session: GoSession) => Promise<T>,
): Promise<T> {
  const settings = await readGoSettings(own.host);
  const dir = await makePrivateDirectory(services.scratchDir, 'go', own.ids);
  try {
    for (const [name, text] of Object.entries(files)) await writePrivateFile(path.join(dir, name), text, own.ids);
    if (settings.netrc !== undefined) await writePrivateFile(path.join(dir, '.netrc'), settings.netrc, own.ids);
    // What one proxy has under a name may be another thing than what another one has.
    const key = createHash('sha256').update(JSON.stringify(settings.env)).digest('hex').slice(0, 40);
    const cache = await ownDirectory(path.join(services.cacheDir, 'modules', key), own.ids);
    return await work({
      script: (text, args = []) =>
        runner.run({
          args: ['/bin/sh', '-c', `${FIND_GO}${text}`, 'go', homePatterns(request), ...args],
          cwd: PROJECT,
          env: {
            ...settings.env,
            HOME: PROJECT,
            GOPATH: `${PROJECT}/path`,
            GOMODCACHE: CACHE,
            GOCACHE: `${PROJECT}/build`,
            GOTOOLCHAIN: 'local',
            // Or the cache could not be removed.
            GOFLAGS: '-modcacherw',
            GIT_TERMINAL_PROMPT: '0',
          },
          binds: [
            { hostPath: dir, rootPath: PROJECT, writable: true },
            { hostPath: cache, rootPath: CACHE, writable: true },
          ],
          network: true,
          secrets: settings.secrets,
        }),
      read: (name) => readPlainFile(path.join(dir, name)).toString('utf8'),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
