import type { JsonSchema, PackRequest } from '../../core/contracts/language-pack.js';
import type { PackageSet } from '../../core/contracts/platform-adapter.js';
import { TOOLCHAIN_DIR } from '../../core/contracts/toolchain-source.js';

/** `base.version` of a python runtime. Which release of the distribution has it is known when its packages are looked up. */
export const versionSchema: JsonSchema = {
  type: 'string',
  title: 'Python version',
  pattern: '^3\\.(?:0|[1-9]\\d?)$',
  description: 'X.Y, such as "3.11"; patch releases come from the distribution',
  examples: ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14'],
};

/** The command of the runtime's python: of an addition, whatever python the base release has. */
export function interpreter(request: PackRequest): string {
  return `python${request.version ?? '3'}`;
}

export const knownVersions: readonly string[] = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15'];

/** Where the programs of an archive are, and the commands of packages that are installed into it. */
export const ARCHIVE_BIN = `${TOOLCHAIN_DIR}/python/bin`;

export function distributionPackages(request: PackRequest, family: string): readonly PackageSet[] {
  // The archive has what it needs, pip too.
  if (request.toolchain !== undefined) {
    return [{ build: ['ca-certificates'], runtime: ['ca-certificates'], tools: [] }];
  }
  if (family === 'yum') return ofRpm(request);
  if (family !== 'apt') return [];
  const python = interpreter(request);
  const runtime = [python, `${python}-venv`, 'python3-pip'];
  return [
    {
      build: [...runtime, `${python}-dev`, 'libssl-dev', 'zlib1g-dev', 'libffi-dev'],
      runtime,
      tools: [python, 'python3-pip'],
    },
  ];
}

/** A release has its own Python as `python3`, and others by their version. */
function ofRpm({ version }: PackRequest): readonly PackageSet[] {
  return [...(version === undefined ? [] : [`python${version}`]), 'python3'].map((python) => {
    const runtime = [python, `${python}-pip`];
    return {
      build: [...runtime, `${python}-devel`],
      runtime,
      tools: runtime,
      ...(version === undefined ? {} : { versions: { [python]: version } }),
    };
  });
}

/** Of the distribution packages that stay: what only a build or the interpreter's own test suite reads. */
export const dropGlobs: readonly string[] = [
  '/usr/include/**',
  '/usr/local/include/**',
  '/usr/lib/python3.*/test/**',
  '/usr/lib/python3.*/*/test/**',
  '/usr/lib/python3.*/*/tests/**',
  '/usr/lib/python3.*/config-3*/**',
  '/usr/lib/**/*.a',
];
