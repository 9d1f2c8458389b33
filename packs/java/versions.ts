import type { JsonSchema, PackRequest } from '../../core/contracts/language-pack.js';
import type { PackageSet } from '../../core/contracts/platform-adapter.js';
import { TOOLCHAIN_DIR } from '../../core/contracts/toolchain-source.js';
import { coordinatesOf } from './coordinates.js';

/** The same in every runtime, wherever the JDK comes from: a link that `setUp` makes. */
export const JAVA_HOME = '/usr/lib/jvm/java';

/** Where the archive of a vendor is unpacked. */
export const ARCHIVE_HOME = `${TOOLCHAIN_DIR}/java`;

/** `base.version` of a java runtime. Before 11 there is no headless JDK with jshell and single-file programs. */
export const versionSchema: JsonSchema = {
  type: 'string',
  title: 'Java version',
  pattern: '^(?:1[1-9]|[2-9]\\d)(?:\\.(?:0|[1-9]\\d{0,2})){0,3}$',
  description: 'a feature release such as "21", or a longer version such as "21.0.5"',
  examples: ['11', '17', '21', '25'],
};

export const knownVersions: readonly string[] = ['11', '17', '21', '25'];

/** The reference's list is what is installed. The runtime keeps the headless part of it: what else there is draws windows. */
export function distributionPackages(request: PackRequest, family: string): readonly PackageSet[] {
  const resolves = coordinatesOf(request).length > 0;
  const set = (jdk: string, kept: string, tool: string): PackageSet => {
    const feature = request.version?.split('.')[0];
    return {
      build: [jdk, 'ca-certificates'],
      runtime: [kept, 'ca-certificates'],
      tools: resolves ? toolsOf(tool, family) : [],
      ...(request.version === feature || request.version === undefined
        ? {}
        : { versions: { [jdk]: request.version, [kept]: request.version } }),
    };
  };
  if (request.toolchain !== undefined) return besideArchive(family, resolves);
  const feature = request.version?.split('.')[0];
  if (family === 'apt') {
    const name = feature === undefined ? 'default-jdk' : `openjdk-${feature}-jdk`;
    return [set(name, `${name}-headless`, `${name}-headless`)];
  }
  if (family !== 'yum') return [];
  if (feature === undefined) return [set('java-devel', 'java-devel', 'java-devel')];
  const names = [`java-${feature}-openjdk-devel`, `java-${feature}-amazon-corretto-devel`];
  return names.map((name) => set(name, name, name));
}

/** What resolving runs, and the shell that finds java. */
function toolsOf(jdk: string, family: string): readonly string[] {
  return [jdk, 'maven', family === 'apt' ? 'dash' : 'bash'];
}

/** A vendor's archive has all that it needs, but for authorities and what finds fonts. */
function besideArchive(family: string, resolves: boolean): readonly PackageSet[] {
  const fonts = family === 'apt' ? 'libfontconfig1' : 'fontconfig';
  const jdk = family === 'apt' ? 'default-jdk-headless' : 'java-devel';
  const packages = ['ca-certificates', fonts];
  return [{ build: packages, runtime: packages, tools: resolves ? toolsOf(jdk, family) : [] }];
}

/** Where a JDK may be, as patterns of the shell, the first that is there counting. */
export function homePatterns(request: PackRequest): readonly string[] {
  if (request.toolchain !== undefined) return [ARCHIVE_HOME];
  const feature = request.version?.split('.')[0];
  if (feature === undefined) return ['/usr/lib/jvm/default-java', '/usr/lib/jvm/java'];
  return [
    `/usr/lib/jvm/java-${feature}-openjdk-*`,
    `/usr/lib/jvm/java-${feature}-openjdk`,
    `/usr/lib/jvm/java-${feature}-amazon-corretto*`,
  ];
}

/** Of packages that stay: sources, examples, manuals, debuggers' data. */
export const dropGlobs: readonly string[] = [
  '/usr/lib/jvm/*/demo/**',
  '/usr/lib/jvm/*/sample/**',
  '/usr/lib/jvm/*/docs/**',
  '/usr/lib/jvm/*/man/**',
  '/usr/lib/jvm/*/src.zip',
  '/usr/lib/jvm/*/lib/src.zip',
  '/usr/lib/debug/**',
];
