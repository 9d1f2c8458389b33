import path from 'node:path';
import picomatch from 'picomatch';
import { injectable } from 'tsyringe';
import { fileKind } from '../../../core/build/file-kinds.js';
import type { IsolatedRoot } from '../../../core/build/isolated-root.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { PARSED_SPEC } from '../../../core/pipeline/results.js';
import { BUILD_ROOT, ISOLATED_ROOT } from '../../../core/pipeline/root-results.js';
import { elfFilesOf, neededLibraries } from './elf-closure.js';

/** Where a pattern of `libraries` is looked for. */
const LIBRARY_ROOTS = /^\/(usr\/(local\/)?)?lib(32|64)?\/|^\/opt\//;

@injectable()
export class CopyLibraries implements Phase {
  readonly number = 11;
  readonly id = 'copy-libraries';
  readonly title = 'Copy Libraries';
  readonly description = 'Copy required shared libraries: of the packages, of `libraries`, and all that these load';

  async run(context: BuildContext): Promise<void> {
    const { spec } = context.get(PARSED_SPEC);
    const root = context.get(BUILD_ROOT);
    const isolated = context.get(ISOLATED_ROOT);
    for (const rootPath of isolated.selected) if (fileKind(rootPath) === 'library') isolated.add(rootPath);
    for (const pattern of spec.libraries) {
      if (addMatching(isolated, pattern) === 0) context.warn(`libraries: nothing in the build root matches ${pattern}`);
    }

    context.progress('following what programs and libraries load');
    const reader = await root.reader(context);
    const { found, missing } = await neededLibraries(reader, elfFilesOf(isolated, root.lower), isolated.tree);
    const before = isolated.paths.size;
    for (const library of found) isolated.add(library);
    const followed = isolated.paths.size - before;
    // A library that a wheel brings beside others is found when its sibling has loaded it: only the name tells.
    const names = new Set([...isolated.paths].map((rootPath) => path.posix.basename(rootPath)));
    for (const [library, user] of missing) {
      if (!names.has(library)) context.warn(`${user} needs ${library}, which the build root does not have`);
    }
    context.progress(`${followed} more files by what is loaded`);
  }
}

function addMatching(isolated: IsolatedRoot, pattern: string): number {
  const matches = picomatch(pattern, { dot: true });
  let count = 0;
  for (const entry of isolated.tree.values()) {
    if (entry.type === 'directory' || !LIBRARY_ROOTS.test(entry.path)) continue;
    if (matches(path.posix.basename(entry.path)) && isolated.add(entry.path)) count++;
  }
  return count;
}
