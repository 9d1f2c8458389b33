import { closeSync, openSync, readSync } from 'node:fs';
import type { IsolatedRoot } from '../../../core/build/isolated-root.js';
import { canonicalPath, findInLayers, type TreeEntry } from '../../../core/build/root-tree.js';
import type { CommandRunner } from '../../../core/contracts/command-runner.js';
import { buildStepFailed } from '../../../core/errors/errors.js';

const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const MAYBE_SHARED_OBJECT = /\.so(\.|$)/;

/** The ELF files among those that the isolated root has so far. */
export function elfFilesOf(isolated: IsolatedRoot, layerDirs: readonly string[]): readonly string[] {
  const files: string[] = [];
  for (const rootPath of isolated.paths) {
    const entry = isolated.tree.get(rootPath);
    if (entry?.type !== 'file' || !((entry.mode & 0o111) !== 0 || MAYBE_SHARED_OBJECT.test(rootPath))) continue;
    const hostPath = findInLayers(layerDirs, rootPath);
    if (hostPath !== undefined && isElf(hostPath)) files.push(rootPath);
  }
  return files;
}

function isElf(hostPath: string): boolean {
  const head = Buffer.alloc(ELF_MAGIC.length);
  const fd = openSync(hostPath, 'r');
  try {
    return readSync(fd, head, 0, head.length, 0) === head.length && head.equals(ELF_MAGIC);
  } finally {
    closeSync(fd);
  }
}

export interface NeededLibraries {
  /** Absolute inside the root, as the loader found them. */
  readonly found: ReadonlySet<string>;
  /** Name of a library that the loader did not find, and the first file that wants it. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Where glibc's loader is, by architecture. */
const LOADERS = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'];

/** What ldd(1) does, without the two more processes that it takes for each file. */
const LIST_ALL = 'loader=$1; shift; for file; do echo "$file:"; "$loader" --list "$file" 2>&1 || :; done';

/**
 * What the dynamic loader of the root itself would load for each file: it alone knows $ORIGIN, RUNPATH, hwcaps and the cache.
 * It gets no network and an unprivileged id, as the files may be anybody's.
 */
export async function neededLibraries(
  runner: CommandRunner,
  files: readonly string[],
  tree: ReadonlyMap<string, TreeEntry>,
): Promise<NeededLibraries> {
  const found = new Set<string>();
  const missing = new Map<string, string>();
  const loader = LOADERS.find((one) => canonicalPath(tree, one) !== undefined);
  if (loader === undefined)
    throw buildStepFailed('the build root has no dynamic loader of glibc', `looked for ${LOADERS.join(', ')}`);
  const halves = [files.filter((_, index) => index % 2 === 0), files.filter((_, index) => index % 2 === 1)];
  await Promise.all(
    halves.map(async (half) => {
      for (let at = 0; at < half.length; at += 500) {
        const batch = half.slice(at, at + 500);
        const listing = await runner.run({ args: ['sh', '-c', LIST_ALL, 'list', loader, ...batch], quiet: true });
        if (listing.status !== 0) throw buildStepFailed('what the files load could not be listed', listing.stderrTail);
        readListing(listing.stdout, found, missing);
      }
    }),
  );
  return { found, missing };
}

/** `file:` heads each block; then `name => /path (0x…)`, `name => not found`, `/lib64/ld-linux… (0x…)`. */
function readListing(listing: string, found: Set<string>, missing: Map<string, string>): void {
  let user = '';
  for (const line of listing.split('\n')) {
    const head = /^(\/.*):$/.exec(line);
    const library = /^\s+(?:\S+ => )?(\/\S+) \(0x/.exec(line);
    const absent = /^\s+(\S+) => not found/.exec(line);
    if (head?.[1] !== undefined) user = head[1];
    else if (library?.[1] !== undefined) found.add(library[1]);
    else if (absent?.[1] !== undefined && !missing.has(absent[1])) missing.set(absent[1], user);
  }
}
