import { existsSync, mkdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of this package; beside the sources and beside what they compile to, it is at another depth. */
export function packageRoot(): string {
  const candidates = ['../..', '../../..'].map((up) => fileURLToPath(new URL(`${up}/package.json`, import.meta.url)));
  return path.dirname(candidates.find((file) => existsSync(file)) ?? candidates[0] ?? '');
}

/**
 * Lets the plugins of a folder import `joblet`, their peer dependency: Node looks for it in node_modules beside them. A link that
 * leads somewhere stays; where none can be made, loading says what is missing.
 */
export function linkPeer(folder: string): void {
  const link = path.join(folder, 'node_modules/joblet');
  if (existsSync(link)) return;
  try {
    mkdirSync(path.dirname(link), { recursive: true });
    // A link to a joblet that was moved.
    if (readLink(link) !== undefined) rmSync(link);
    symlinkSync(realpathSync(packageRoot()), link);
  } catch {
    // Another process made it, or nothing can be written here.
  }
}

function readLink(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
