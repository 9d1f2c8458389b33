import type { JsonSchema, PackRequest } from '../../core/contracts/language-pack.js';
import type { PackageSet } from '../../core/contracts/platform-adapter.js';
import { TOOLCHAIN_DIR } from '../../core/contracts/toolchain-source.js';
import { packagesOf } from './package-spec.js';

/** Where an archive is unpacked. */
export const ARCHIVE_HOME = `${TOOLCHAIN_DIR}/node`;

/** Where the parts of a distribution's npm are put together. */
export const NPM_HOME = '/usr/local/lib/npm';

/** Where npm packages of a runtime are. */
export const MODULES = '/usr/local/lib/node_modules';

/** `base.version` of a node runtime. Before 12 there is no npm that writes a whole lock file. */
export const versionSchema: JsonSchema = {
  type: 'string',
  title: 'Node.js version',
  pattern: '^(?:1[2-9]|[2-9]\\d)(?:\\.(?:0|[1-9]\\d{0,2})){0,2}$',
  description: 'a major version such as "20", or a longer one such as "20.19.2"',
  examples: ['18', '20', '22', '24'],
};

export const knownVersions: readonly string[] = ['12', '18', '20', '22', '24', '26'];

/**
 * The reference's list, which a hook may rely on too. Debian's npm wants hundreds of packages, a compiler's headers and python among
 * them: `setUp` has taken from them what npm itself needs.
 */
export function distributionPackages(request: PackRequest, family: string): readonly PackageSet[] {
  if (family !== 'apt' && family !== 'yum') return [];
  const tools = packagesOf(request).length > 0 ? ['nodejs', 'npm'] : [];
  if (request.toolchain !== undefined) return besideArchive(family, tools);
  const packages = ['nodejs', 'npm', 'ca-certificates'];
  return [
    {
      build: packages,
      runtime: family === 'apt' ? ['nodejs', 'ca-certificates'] : packages,
      tools,
      ...(request.version === undefined ? {} : { versions: { nodejs: request.version } }),
    },
  ];
}

/** An archive has npm, and all libraries but these. What resolves its packages is the release's own npm, which has been there before. */
function besideArchive(family: string, tools: readonly string[]): readonly PackageSet[] {
  const packages = [
    'ca-certificates',
    ...(family === 'apt' ? ['libstdc++6', 'libatomic1'] : ['libstdc++', 'libatomic']),
  ];
  return [{ build: packages, runtime: packages, tools }];
}

/** What compiles a package's addon. */
export function compilers(family: string): readonly string[] {
  return family === 'apt' ? ['g++', 'make', 'python3'] : ['gcc-c++', 'make', 'python3'];
}

/** Of packages that stay: headers, which only the compiling of an addon reads. */
export const dropGlobs: readonly string[] = ['/usr/include/**'];
