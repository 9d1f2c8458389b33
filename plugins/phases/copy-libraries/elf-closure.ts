import { closeSync, openSync, readSync } from 'node:fs';
import type { IsolatedRoot } from '../../../core/build/isolated-root.js';
import { findInLayers } from '../../../core/build/root-tree.js';
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

/**
 * What the dynamic loader of the root itself would load for each file: it alone knows $ORIGIN, RUNPATH, hwcaps and the cache.
 * ldd(1) of glibc asks it; it is given no network and an unprivileged id, as the files may be anybody's.
 */
export async function neededLibraries(runner: CommandRunner, files: readonly string[]): Promise<NeededLibraries> {
  const found = new Set<string>();
  const missing = new Map<string, string>();
  const halves = [files.filter((_, index) => index % 2 === 0), files.filter((_, index) => index % 2 === 1)];
  await Promise.all(
    halves.map(async (half) => {
      for (let at = 0; at < half.length; at += 500) {
        const batch = half.slice(at, at + 500);
        const listing = await runner.run({ args: ['sh', '-c', 'exec ldd "$@" 2>&1', 'ldd', ...batch], quiet: true });
        // 1: some of the files are not dynamic, which is no failure.
        if (listing.status > 1) throw buildStepFailed('ldd failed in the build root', listing.stdout.slice(-500));
        readListing(listing.stdout, batch[0] ?? '', found, missing);
      }
    }),
  );
  return { found, missing };
}

/** `file:` heads each block; then `name => /path (0x…)`, `name => not found`, `/lib64/ld-linux… (0x…)`. */
function readListing(listing: string, only: string, found: Set<string>, missing: Map<string, string>): void {
  let user = only;
  for (const line of listing.split('\n')) {
    const head = /^(\/.*):$/.exec(line);
    const library = /^\s+(?:\S+ => )?(\/\S+) \(0x/.exec(line);
    const absent = /^\s+(\S+) => not found/.exec(line);
    if (head?.[1] !== undefined) user = head[1];
    else if (library?.[1] !== undefined) found.add(library[1]);
    else if (absent?.[1] !== undefined && !missing.has(absent[1])) missing.set(absent[1], user);
  }
}
