import { rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { makeDirectory } from '../store/store-paths.js';
import type { Workspace } from '../store/workspace.js';

/** Makes `link` lead to `target`, in one step, whatever was there; both lie in the store, which may be moved. */
export async function linkTo(target: string, link: string, workspace: Workspace): Promise<void> {
  await makeDirectory(path.dirname(link));
  const draft = path.join(await workspace.make('link'), 'link');
  await symlink(path.relative(path.dirname(link), target), draft);
  await rename(draft, link);
}
