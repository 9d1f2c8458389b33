import type { JsonSchema, PackRequest } from '../../core/contracts/language-pack.js';
import type { PackageSet } from '../../core/contracts/platform-adapter.js';
import { TOOLCHAIN_DIR } from '../../core/contracts/toolchain-source.js';
import { modulesOf } from './module-query.js';

/** Where an archive is unpacked. */
export const ARCHIVE_HOME = `${TOOLCHAIN_DIR}/go`;

/** Modules of a runtime, in the layout of a module proxy: `file:///…` in GOPROXY. */
export const PROXY = '/usr/local/share/go/proxy';

/** `base.version` of a go runtime. */
export const versionSchema: JsonSchema = {
  type: 'string',
  title: 'Go version',
  pattern: '^1\\.(?:1[5-9]|[2-9]\\d)(?:\\.(?:0|[1-9]\\d{0,2}))?$',
  description: 'X.Y from 1.15 on, such as "1.21", or a longer one such as "1.21.13"',
  examples: ['1.19', '1.21', '1.24'],
};

export const knownVersions: readonly string[] = [
  ...['1.15', '1.19', '1.21', '1.22', '1.23', '1.24', '1.25', '1.26', '1.27'],
];

/** The reference's `golang` and `git`: on apt by the name of the version that `golang` would bring. */
export function distributionPackages(request: PackRequest, family: string): readonly PackageSet[] {
  if (family !== 'apt' && family !== 'yum') return [];
  const beside = ['git', 'gcc', family === 'apt' ? 'libc6-dev' : 'glibc-devel', 'ca-certificates'];
  if (request.toolchain !== undefined) return [{ build: beside, runtime: beside, tools: [] }];
  const { version } = request;
  const minor = version?.split('.').slice(0, 2).join('.');
  const go = family === 'yum' ? 'golang' : minor === undefined ? 'golang-go' : `golang-${minor}-go`;
  return [
    {
      build: [go, ...beside],
      runtime: [go, ...beside],
      tools: modulesOf(request).length > 0 ? [go, 'git', 'ca-certificates', family === 'apt' ? 'dash' : 'bash'] : [],
      ...(version === undefined ? {} : { versions: { [go]: version } }),
    },
  ];
}

/** Where Go may be, as patterns of the shell, the first that is there counting. */
export function homePatterns(request: PackRequest): string {
  if (request.toolchain !== undefined) return ARCHIVE_HOME;
  const minor = request.version?.split('.').slice(0, 2).join('.');
  return [...(minor === undefined ? [] : [`/usr/lib/go-${minor}`]), '/usr/lib/go', '/usr/lib/golang'].join(' ');
}

/** Of packages that stay: the tests and documents of Go itself, and what C++ alone needs. */
export const dropGlobs: readonly string[] = [
  '/usr/share/go-*/test/**',
  '/usr/share/go-*/src/**/testdata/**',
  '/usr/share/go-*/src/**/*_test.go',
  `${ARCHIVE_HOME}/{doc,test}/**`,
  `${ARCHIVE_HOME}/src/**/testdata/**`,
  `${ARCHIVE_HOME}/src/**/*_test.go`,
];
