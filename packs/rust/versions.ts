import type { JsonSchema, PackRequest } from '../../core/contracts/language-pack.js';
import type { PackageSet } from '../../core/contracts/platform-adapter.js';
import { TOOLCHAIN_DIR } from '../../core/contracts/toolchain-source.js';
import { entriesOf } from './crate-spec.js';

/** Where an archive is unpacked. */
export const ARCHIVE_HOME = `${TOOLCHAIN_DIR}/rust`;

/** `base.version` of a rust runtime. */
export const versionSchema: JsonSchema = {
  type: 'string',
  title: 'Rust version',
  pattern: '^1\\.(?:4[89]|[5-9]\\d|[1-9]\\d\\d)(?:\\.(?:0|[1-9]\\d{0,2}))?$',
  description: 'a release such as "1.85", or an exact one such as "1.85.1"',
  examples: ['1.63', '1.75', '1.85'],
};

export const knownVersions: readonly string[] = ['1.48', '1.63', '1.75', '1.78', '1.85', '1.96', '1.97'];

/** What rustc calls to link, and the libc that it links to; rustc's own package depends on them under other names too. */
const LINKER: Readonly<Record<string, readonly string[]>> = {
  apt: ['gcc', 'libc6-dev', 'ca-certificates'],
  yum: ['gcc', 'glibc-devel', 'ca-certificates'],
};
/** Debian's newer compiler in a stable release, kept for its browsers. */
const WEB = ['rustc-web', 'cargo-web', 'libstd-rust-web-dev'];
/**
 * What has the version with rustc, where a suite has several: in some releases cargo has a number of its own, in others the standard
 * library has its number in its name.
 */
const HELD = [['rustc', 'libstd-rust-dev', 'cargo'], ['rustc', 'libstd-rust-dev'], ['rustc', 'cargo'], ['rustc']];
/** What copies a crate in the root of tools. */
const COPY = 'coreutils';

/**
 * The reference's list first. Crates are resolved by the newest cargo that the release has: it knows registries of today, and which
 * release of a crate an older compiler can still build.
 */
export function distributionPackages(request: PackRequest, family: string): readonly PackageSet[] {
  const linker = LINKER[family];
  if (linker === undefined) return [];
  const resolves = entriesOf(request).length > 0;
  if (request.toolchain !== undefined) {
    return toolsOf(resolves, family).map((tools) => ({ build: linker, runtime: linker, tools }));
  }
  const set = (names: readonly string[], held: readonly string[], tools: readonly string[]): PackageSet => ({
    build: [...names, ...linker],
    runtime: [...names, ...linker],
    tools,
    ...(request.version === undefined
      ? {}
      : { versions: Object.fromEntries(held.map((name) => [name, request.version ?? ''])) }),
  });
  if (family === 'yum') return [set(['rust', 'cargo'], ['rust'], resolves ? ['cargo', COPY] : [])];
  const plain = (tools: readonly string[]) => HELD.map((held) => set(['rustc', 'cargo'], held, tools));
  const web = set(['rustc-web', 'cargo-web'], WEB, resolves ? [...WEB, COPY] : []);
  if (request.role === 'addition') return [web, ...plain(resolves ? ['rustc', 'cargo', COPY] : [])];
  return [...toolsOf(resolves, family).flatMap(plain), web];
}

/** The ways in which a release may have a cargo to resolve with, the better one first. */
function toolsOf(resolves: boolean, family: string): readonly (readonly string[])[] {
  if (!resolves) return [[]];
  return family === 'apt'
    ? [
        [...WEB, COPY],
        ['rustc', 'cargo', COPY],
      ]
    : [['cargo', COPY]];
}

/** Of packages that stay: manuals. */
export const dropGlobs: readonly string[] = [`${ARCHIVE_HOME}/share/**`, `${ARCHIVE_HOME}/etc/**`];

/** What linking reads. */
export const keepGlobs: readonly string[] = [
  '/usr/include/**',
  '/usr/lib/**/*.a',
  '/usr/lib/**/*.o',
  '/usr/lib64/**/*.a',
];

/** What crates with parts in C are built with, beside the linker: a build of programs needs it, no runtime does. */
export function buildTools(family: string): readonly string[] {
  return family === 'apt' ? ['g++', 'make', 'cmake', 'pkg-config'] : ['gcc-c++', 'make', 'cmake', 'pkgconf-pkg-config'];
}
