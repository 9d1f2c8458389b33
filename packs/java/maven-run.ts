import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandRunner } from '../../core/contracts/command-runner.js';
import type { PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import {
  buildStepFailed,
  makePrivateDirectory,
  ownDirectory,
  readPlainFile,
  writePrivateFile,
} from '../../core/pack-kit.js';
import { storeJar } from './jar-cache.js';
import type { JavaHost } from './java-host.js';
import { type MavenSettings, readMavenSettings } from './maven-settings.js';
import type { Jar } from './plan-data.js';
import { parseFindings, resolutionError } from './resolver-answer.js';
import { hostTrustStore } from './trust-store.js';
import { homePatterns, JAVA_HOME } from './versions.js';

const WORK = '/tmp/joblet-maven';
const REPOSITORY = '/tmp/joblet-maven-repository';
const PROGRAM = 'ResolveCoordinates.java';

/** Runs the java of a root that has one: links of alternatives are not there before packages are configured. */
const FIND_JAVA = `
for home in $1; do
  shift
  [ -x "$home/bin/java" ] && exec "$home/bin/java" "$@"
done
`;

/**
 * Lets Maven's own classes, in the root behind `runner`, resolve the coordinates and fetch the jars into the cache. The host's settings
 * are in private files that only this command sees, and that are removed afterwards.
 */
export async function runResolver(
  request: PackRequest,
  coordinates: readonly string[],
  runner: CommandRunner,
  services: PackServices,
  own: JavaHost,
): Promise<readonly Jar[]> {
  const settings = await readMavenSettings(own.host);
  const work = await makePrivateDirectory(services.scratchDir, 'maven', own.ids);
  try {
    const repository = await localRepository(settings, runner, work, services, own);
    await writeInputs(work, coordinates, settings, own);
    const result = await runner.run({
      args: javaCommand(runner === services.tools ? toolHomes(request) : [JAVA_HOME]),
      // A home of its own: Maven and java keep what they like there.
      env: { HOME: WORK },
      binds: [
        { hostPath: work, rootPath: WORK, writable: true },
        { hostPath: repository, rootPath: REPOSITORY, writable: true },
        { hostPath: fileURLToPath(new URL(`./${PROGRAM}`, import.meta.url)), rootPath: `/tmp/${PROGRAM}` },
      ],
      network: true,
      secrets: settings.secrets,
    });
    if (result.status !== 0) {
      throw buildStepFailed('the resolver of Maven packages failed', lastLine(result.stderrTail), {
        status: result.status,
        stderrTail: result.stderrTail,
      });
    }
    const findings = parseFindings(readPlainFile(path.join(work, 'answer')).toString('utf8'));
    const error = resolutionError(findings, coordinates, settings.secrets);
    if (error !== undefined) throw error;
    return await Promise.all(
      findings.jars.map(({ file, ...jar }) =>
        storeJar(path.join(repository, path.relative(REPOSITORY, file)), jar, services, own.ids),
      ),
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * What Maven has fetched before serves again, for hosts with the same settings: what another repository has under the same name is
 * another thing. A root that a hook has changed gets one of its own.
 */
async function localRepository(
  settings: MavenSettings,
  runner: CommandRunner,
  work: string,
  services: PackServices,
  own: JavaHost,
): Promise<string> {
  if (runner !== services.tools) return await ownDirectory(path.join(work, 'repository'), own.ids);
  const key = createHash('sha256')
    .update(JSON.stringify([...settings.files]))
    .digest('hex')
    .slice(0, 40);
  return await ownDirectory(path.join(services.cacheDir, 'repositories', key), own.ids);
}

async function writeInputs(
  work: string,
  coordinates: readonly string[],
  settings: MavenSettings,
  own: JavaHost,
): Promise<void> {
  const lines = coordinates.map((text) => (text.split(':').length === 2 ? `${text}:?` : text));
  const files = new Map<string, string | Buffer>([...settings.files, ['coordinates', `${lines.join('\n')}\n`]]);
  const authorities = await hostTrustStore(own);
  if (authorities !== undefined) files.set('cacerts', authorities);
  for (const [name, content] of files) await writePrivateFile(path.join(work, name), content, own.ids);
}

/** Where the tool root has its JDK: the language's own where that comes from packages, else the release's. */
function toolHomes({ toolchain, version, ...rest }: PackRequest): readonly string[] {
  return homePatterns(toolchain === undefined && version !== undefined ? { ...rest, version } : rest);
}

function javaCommand(homes: readonly string[]): readonly string[] {
  return [
    '/bin/sh',
    '-c',
    FIND_JAVA,
    'find-java',
    homes.join(' '),
    `-Djavax.net.ssl.trustStore=${WORK}/cacerts`,
    '-Djavax.net.ssl.trustStoreType=JKS',
    `-Duser.home=${WORK}`,
    `-Dsettings.security=${WORK}/settings-security.xml`,
    '-Xshare:auto',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    '/usr/share/maven/lib/*:/usr/share/maven/boot/*',
    `/tmp/${PROGRAM}`,
    WORK,
    REPOSITORY,
  ];
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'see the output above';
}
