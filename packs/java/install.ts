import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, link, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import type {
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../core/contracts/language-pack.js';
import { coordinatesOf } from './coordinates.js';
import { cachedJar } from './jar-cache.js';
import type { JavaHost } from './java-host.js';
import { jarFileName, languagePackage, readPlanData } from './plan-data.js';
import { resolveJars } from './resolve.js';

/** Where the jars of a runtime are, all in one directory: CLASSPATH names it. */
export const JAR_DIR = '/usr/local/share/java';

/** Puts the plan's jars into the layer; a deferred plan is resolved now, by the java of the build root. */
export async function installJars(
  request: PackRequest,
  plan: PackPlan,
  root: PackRoot,
  services: PackServices,
  own: JavaHost,
): Promise<readonly LanguagePackage[]> {
  if (coordinatesOf(request).length === 0) return [];
  const jars =
    plan.deferred === undefined ? readPlanData(plan.data) : await resolveJars(request, root.runner, services, own);
  services.progress(`linking ${jars.length === 1 ? '1 jar' : `${jars.length} jars`}`);
  const dir = await makeDirectories(root.layerDir, JAR_DIR, own.ids);
  const packages: LanguagePackage[] = [];
  for (const jar of jars) {
    services.signal.throwIfAborted();
    const item = languagePackage(jar);
    await linkJar(cachedJar(jar.sha256, services), path.join(dir, jarFileName(item) ?? `${jar.sha256}.jar`), own.ids);
    packages.push(item);
  }
  return packages;
}

async function makeDirectories(layerDir: string, rootPath: string, ids: IdMap): Promise<string> {
  let dir = layerDir;
  for (const part of rootPath.split('/').filter(Boolean)) {
    dir = path.join(dir, part);
    if (existsSync(dir)) continue;
    await mkdir(dir);
    await chmod(dir, 0o755);
    await chown(dir, ids.hostStart, ids.hostStart);
  }
  return dir;
}

/** A file with too many links, or on another file system, is copied. */
async function linkJar(source: string, target: string, ids: IdMap): Promise<void> {
  await rm(target, { force: true });
  try {
    await link(source, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EMLINK' && code !== 'EXDEV') throw error;
    await copyFile(source, target);
    await chown(target, ids.hostStart, ids.hostStart);
  }
}
