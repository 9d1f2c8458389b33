import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { fileKind } from '../../../core/build/file-kinds.js';
import { IsolatedRoot } from '../../../core/build/isolated-root.js';
import { readTree } from '../../../core/build/root-tree.js';
import { selectFiles } from '../../../core/build/select-files.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { BUILD_PLAN, DETECTED_PLATFORM, OWNERSHIP } from '../../../core/pipeline/results.js';
import { BUILD_ROOT, ISOLATED_ROOT, WORKSPACE } from '../../../core/pipeline/root-results.js';

/** What must be there before a job's mounts. */
const MOUNT_POINTS: readonly (readonly [string, number])[] = [
  ['/proc', 0o555],
  ['/sys', 0o555],
  ['/dev', 0o755],
  ['/run', 0o755],
  ['/tmp', 0o1777],
  ['/work', 0o1777],
];

/** Directories that every job expects. */
const DIRECTORIES: readonly (readonly [string, number])[] = [
  ['/var/tmp', 0o1777],
  ['/home', 0o755],
  ['/root', 0o700],
  ['/volumes', 0o755],
];

@injectable()
export class CopyBinaries implements Phase {
  readonly number = 10;
  readonly id = 'copy-binaries';
  readonly title = 'Copy Binaries';
  readonly description = 'Copy language binaries to the isolated directory';

  constructor(@inject(ID_MAP) private readonly ids: IdMap) {}

  async run(context: BuildContext): Promise<void> {
    const root = context.get(BUILD_ROOT);
    const { packs, packages } = context.get(BUILD_PLAN);
    const reader = await root.reader(context);
    context.progress('choosing files');
    const [tree, ownership] = await Promise.all([
      readTree(reader, (what) => context.warn(`left out: ${what}`)),
      context.get(DETECTED_PLATFORM).adapter.ownership(reader, packages.runtimeNames),
    ]);
    const isolated = new IsolatedRoot({
      dir: path.join(await context.get(WORKSPACE).make('runtime'), 'isolated'),
      tree,
      layerDirs: root.lower,
      ids: this.ids,
      selected: selectFiles(
        tree,
        ownership,
        packs.flatMap(({ pack }) => pack.drop),
        packs.flatMap(({ pack }) => pack.keep ?? []),
      ),
    });
    // The root's own links first (`/bin` -> `usr/bin`), for what is named by them.
    for (const entry of tree.values())
      if (entry.type === 'link' && path.posix.dirname(entry.path) === '/') isolated.add(entry.path);
    for (const [dir, mode] of MOUNT_POINTS) isolated.mountPoint(dir, mode);
    for (const [dir, mode] of DIRECTORIES) isolated.directory(dir, mode);
    for (const rootPath of isolated.selected) if (fileKind(rootPath) === 'binary') isolated.add(rootPath);
    context.set(OWNERSHIP, ownership);
    context.set(ISOLATED_ROOT, isolated);
    context.progress(`${isolated.paths.size} files`);
  }
}
